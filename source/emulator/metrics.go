package emulator

import (
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
)

// Metrics answers GetMetricData as Amazon CloudWatch does, in the protocol that the SDK speaks with it: RPC v2 CBOR,
// https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html. What was not set has no data. The zero value is ready; its methods may be
// called from any goroutine.
type Metrics struct {
	mu     sync.Mutex
	values map[string][]float64
	denied bool
	calls  int
}

// Set gives a metric of a resource its values, in steps of five minutes, the newest last.
func (m *Metrics) Set(namespace, name, resource string, values ...float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string][]float64{}
	}
	m.values[namespace+"/"+name+"/"+resource] = values
}

// Deny lets everything be refused.
func (m *Metrics) Deny() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.denied = true
}

// Calls counts what was asked.
func (m *Metrics) Calls() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls
}

const metricsPath = "/service/GraniteServiceVersion20100801/operation/GetMetricData"

// ServeHTTP answers one request.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const most = 1 << 20
	body, err := io.ReadAll(io.LimitReader(r.Body, most))
	if err != nil || r.Method != http.MethodPost || r.URL.Path != metricsPath || r.Header.Get("Smithy-Protocol") != "rpc-v2-cbor" {
		m.refuse(w, http.StatusBadRequest, "UnknownOperationException", "only GetMetricData is answered")
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if m.denied {
		m.refuse(w, http.StatusForbidden, "AccessDenied", "User: arn:aws:sts::123456789012:assumed-role/reader/me is not authorized to perform: cloudwatch:GetMetricData")
		return
	}
	in, err := cbor.Decode(body)
	asked, ok := in.(cbor.Map)
	if err != nil || !ok {
		m.refuse(w, http.StatusBadRequest, "SerializationException", "the request is no CBOR map")
		return
	}
	end, err := cbor.AsTime(asked["EndTime"])
	queries, ok := asked["MetricDataQueries"].(cbor.List)
	if err != nil || !ok {
		m.refuse(w, http.StatusBadRequest, "InvalidParameterValue", "EndTime and MetricDataQueries are required")
		return
	}
	var results cbor.List
	for _, q := range queries {
		results = append(results, m.result(q, end))
	}
	m.write(w, http.StatusOK, cbor.Map{"MetricDataResults": results, "Messages": cbor.List{}})
}

// result gives the values of one query, the oldest first.
func (m *Metrics) result(query cbor.Value, end time.Time) cbor.Value {
	text := func(v cbor.Value, keys ...string) string {
		for _, k := range keys {
			in, _ := v.(cbor.Map)
			v = in[k]
		}
		s, _ := v.(cbor.String)
		return string(s)
	}
	q, _ := query.(cbor.Map)
	stat, _ := q["MetricStat"].(cbor.Map)
	metric, _ := stat["Metric"].(cbor.Map)
	resource := ""
	if list, ok := metric["Dimensions"].(cbor.List); ok && len(list) == 1 {
		resource = text(list[0], "Value")
	}
	values := m.values[text(metric, "Namespace")+"/"+text(metric, "MetricName")+"/"+resource]
	const step = 5 * time.Minute
	at, out := cbor.List{}, cbor.List{}
	for i, v := range values {
		when := end.Truncate(step).Add(-step * time.Duration(len(values)-i))
		at = append(at, &cbor.Tag{ID: 1, Value: cbor.Float64(when.Unix())})
		out = append(out, cbor.Float64(v))
	}
	return cbor.Map{
		"Id": cbor.String(text(query, "Id")), "Label": cbor.String(text(metric, "MetricName")), "StatusCode": cbor.String("Complete"),
		"Timestamps": at, "Values": out,
	}
}

func (m *Metrics) refuse(w http.ResponseWriter, status int, code, message string) {
	m.write(w, status, cbor.Map{"__type": cbor.String("com.amazonaws.cloudwatch#" + code), "message": cbor.String(message)})
}

func (m *Metrics) write(w http.ResponseWriter, status int, v cbor.Value) {
	w.Header().Set("Content-Type", "application/cbor")
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.WriteHeader(status)
	_, _ = w.Write(cbor.Encode(v)) // whoever asked may have gone
}
