package emulator

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
)

// The JSON 1.1 protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html. A request is a POST with the
// operation in the X-Amz-Target header; an error is a JSON object with its code in __type.
const (
	targetPrefix = "Kinesis_20131202."
	contentType  = "application/x-amz-json-1.1"
)

// operation answers one request: it decodes the body, and gives what is encoded as the answer (nil: an empty body).
type operation func(k *Kinesis, c *call, body []byte) (any, error)

// call is one request on its way through the server. All of it happens at one time, but for the events of a subscription.
type call struct {
	ctx   context.Context
	op    string
	now   time.Time
	fault Fault // what befalls it; the zero value does nothing
}

// input is the body of a request. shard gives the shard it is about, empty if there is none or it cannot be told.
type input[T any] interface {
	*T
	shard(k *Kinesis) string
}

// op makes an operation of a function on its decoded input.
func op[T any, In input[T]](answer func(k *Kinesis, c *call, in In) (any, error)) operation {
	return func(k *Kinesis, c *call, body []byte) (any, error) {
		in := In(new(T))
		if err := json.Unmarshal(body, in); err != nil {
			return nil, failure(codeSerialization, "%v", err)
		}
		shard := in.shard(k)
		if f, ok := k.faults.pick(c.ctx, c.op, shard, ""); ok {
			c.fault = f
			c.now = k.now()
			if err := f.kinesisError(c.op, shard); err != nil {
				return nil, err
			}
		}
		if !k.allowCall(c) {
			return nil, failure(codeLimit, "Rate exceeded for operation %s of account %s.", c.op, k.options.Account)
		}
		return answer(k, c, in)
	}
}

// operations are those that the server has, by name.
func operations() map[string]operation {
	return map[string]operation{
		"CreateStream":                  op(createStream),
		"DecreaseStreamRetentionPeriod": op(decreaseRetention),
		"DeleteStream":                  op(deleteStream),
		"DescribeLimits":                op(describeLimits),
		"DescribeStream":                op(describeStream),
		"DescribeStreamSummary":         op(describeStreamSummary),
		"GetRecords":                    op(getRecords),
		"GetShardIterator":              op(getShardIterator),
		"IncreaseStreamRetentionPeriod": op(increaseRetention),
		"ListShards":                    op(listShards),
		"ListStreams":                   op(listStreams),
		"MergeShards":                   op(mergeShards),
		"PutRecord":                     op(putRecord),
		"PutRecords":                    op(putRecords),
		"SplitShard":                    op(splitShard),
		"SubscribeToShard":              op(subscribeToShard),
		"UpdateShardCount":              op(updateShardCount),
	}
}

func (k *Kinesis) newCall(r *http.Request) *call {
	c := &call{now: k.now()}
	if r != nil {
		c.ctx = r.Context()
	}
	return c
}

// ServeHTTP answers one request of the API.
func (k *Kinesis) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := k.newCall(r)
	out, err := k.answer(c, w, r)
	if sub, ok := out.(*subscription); ok {
		sub.serve(k, w)
		return
	}
	var (
		body   []byte
		status = http.StatusOK
	)
	if err == nil && out != nil {
		body, err = json.Marshal(out)
	}
	if errors.Is(err, abortion{}) {
		panic(http.ErrAbortHandler) // how net/http is told to close the connection; it is not logged
	}
	if err != nil {
		status, body = encodeError(err)
	}
	rest, cut := c.fault.mangled(body)
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("X-Amzn-Requestid", uuid.NewString())
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(rest) // the client may have gone away: there is nobody to tell
	if cut {
		panic(http.ErrAbortHandler)
	}
}

// answer finds the operation, counts the call and runs it.
func (k *Kinesis) answer(c *call, w http.ResponseWriter, r *http.Request) (any, error) {
	name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	run := k.ops[name]
	if !ok || run == nil || r.Method != http.MethodPost {
		k.count("Unknown")
		return nil, failure(codeUnknown, "%s %q is not an operation of this server.", r.Method, r.Header.Get("X-Amz-Target"))
	}
	c.op = name
	k.count(name)
	if kind := r.Header.Get("Content-Type"); strings.Contains(kind, "cbor") {
		return nil, failure(codeSerialization, "This server speaks %s only, not %s.", contentType, kind)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, failure(codeSerialization, "Reading the request: %v", err)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	return run(k, c, body)
}

func (k *Kinesis) count(op string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls[op]++
}

// allowCall enforces what the account may call in a second.
func (k *Kinesis) allowCall(c *call) bool {
	limit := controlLimit(c.op)
	if limit == 0 || k.options.NoLimits {
		return true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	w, ok := k.control[c.op]
	if !ok {
		w = &window{limit: limit}
		k.control[c.op] = w
	}
	return w.allow(c.now)
}

// encodeError gives status and body of an error. What is not one of the service's is a defect of ours.
func encodeError(err error) (status int, body []byte) {
	var e *apiError
	if !errors.As(err, &e) {
		e = &apiError{http.StatusInternalServerError, codeInternal, err.Error()}
	}
	body, err = json.Marshal(struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}{e.code, e.message})
	if err != nil { // two strings always marshal
		body = []byte(`{"__type":"` + codeInternal + `"}`)
	}
	return e.status, body
}

// kinesisError is the error that a fault answers with; nil if the request is to be carried out.
func (f Fault) kinesisError(op, shard string) error {
	const why = "as the injected fault asks for"
	switch f.Kind {
	case Slow, Cut, Corrupt, End:
		return nil
	case InUse:
		return failure(codeInUse, "Resource in use, %s.", why)
	case Throttle:
		if shard == "" && op != "PutRecord" && op != "PutRecords" {
			return failure(codeLimit, "Rate exceeded, %s.", why)
		}
		return failure(codeThroughput, "Rate exceeded for shard %s, %s.", shard, why)
	case KMSThrottle:
		return failure(codeKMSThrottling, "Rate exceeded for the stream's key, %s.", why)
	case Expire:
		if op == "ListShards" {
			return failure(codeExpiredNext, "NextToken expired, %s.", why)
		}
		return failure(codeExpiredIterator, "Iterator expired, %s.", why)
	case Deny:
		return failure(codeDenied, "User is not authorized to perform: kinesis:%s, %s.", op, why)
	case ResourceNotFound:
		return failure(codeNotFound, "Stream not found, %s.", why)
	case Unavailable:
		return fault(http.StatusServiceUnavailable, codeUnavailable, "Service unavailable, "+why+".")
	case ExpiredToken:
		return failure(codeExpiredToken, "The security token included in the request is expired, %s.", why)
	case Drop:
		return abortion{}
	case Internal:
		return fault(http.StatusInternalServerError, codeInternal, "Internal failure, "+why+".")
	}
	return fault(http.StatusInternalServerError, codeInternal, "Kinesis has no fault of kind "+strconv.Itoa(int(f.Kind))+".")
}

// epoch is a time as the protocol writes it: seconds since 1970 as a number, to the millisecond.
type epoch struct{ time.Time }

// MarshalJSON writes the seconds with three decimals.
func (e epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(e.UnixMilli())/1e3, 'f', 3, 64), nil
}

// UnmarshalJSON reads seconds with or without decimals or exponent.
func (e *epoch) UnmarshalJSON(b []byte) error {
	seconds, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return errors.New("a timestamp is a number of seconds since 1970")
	}
	if math.Abs(seconds) > 1e11 { // beyond the year 5000, and safe to multiply
		return errors.New("a timestamp is out of range")
	}
	e.Time = time.UnixMilli(int64(math.Round(seconds * 1e3))).UTC()
	return nil
}
