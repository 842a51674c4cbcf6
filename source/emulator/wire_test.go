package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"taudit/source/emulator"
)

// send makes a request as a client that is not the SDK may: without signature.
func send(h http.Handler, op, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "Kinesis_20131202."+op)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestBytesOnTheWire(t *testing.T) {
	c := &clock{at: epoch().Add(480 * time.Millisecond)}
	k := emulator.NewKinesis(emulator.KinesisOptions{Now: c.Now})
	if w := send(k, "CreateStream", `{"StreamName":"s","ShardCount":1}`); w.Code != 200 || w.Body.Len() != 0 {
		t.Fatalf("CreateStream: %d %s", w.Code, w.Body)
	}
	if w := send(k, "PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":"aGVsbG8="}`); w.Code != 200 {
		t.Fatalf("PutRecord: %d %s", w.Code, w.Body)
	}
	w := send(k, "GetShardIterator", fmt.Sprintf(`{"StreamName":"s","ShardId":%q,"ShardIteratorType":"AT_TIMESTAMP","Timestamp":%d.48E0}`, firstShard, epoch().Unix()))
	var it struct{ ShardIterator string }
	if err := json.Unmarshal(w.Body.Bytes(), &it); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	w = send(k, "GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, it.ShardIterator))
	for _, want := range []string{`"Data":"aGVsbG8="`, fmt.Sprintf(`"ApproximateArrivalTimestamp":%d.480`, epoch().Unix()), `"PartitionKey":"k"`, `"MillisBehindLatest":0`, `"NextShardIterator":"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is not in %s", want, w.Body)
		}
	}
	if kind, id := w.Header().Get("Content-Type"), w.Header().Get("X-Amzn-RequestId"); kind != "application/x-amz-json-1.1" || len(id) != 36 {
		t.Errorf("content type %q, request ID %q", kind, id)
	}
}

func TestBadRequestsOnTheWire(t *testing.T) {
	k := emulator.NewKinesis(emulator.KinesisOptions{})
	for _, c := range []struct{ op, body, want string }{
		{"GetRecords", `{"ShardIterator":`, "SerializationException"},
		{"GetRecords", `{"ShardIterator":5}`, "SerializationException"},
		{"GetRecords", `[]`, "SerializationException"},
		{"GetShardIterator", `{"Timestamp":"yesterday"}`, "SerializationException"},
		{"GetShardIterator", `{"Timestamp":1e300}`, "SerializationException"},
		{"PutRecord", `{"Data":"not base64!"}`, "SerializationException"},
		{"PutRecord", `{"Data":"` + strings.Repeat("A", 21<<20) + `"}`, "SerializationException"},
		{"GetRecords", ``, "ValidationException"},
		{"GetRecords", `null`, "ValidationException"},
		{"GetRecords", `{}`, "ValidationException"},
		{"TagResource", `{}`, "UnknownOperationException"},
		{"", `{}`, "UnknownOperationException"},
	} {
		w := send(k, c.op, c.body)
		var e struct {
			Type    string `json:"__type"`
			Message string `json:"message"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
			t.Fatalf("%s: %v", w.Body, err)
		}
		if w.Code != 400 || e.Type != c.want || e.Message == "" {
			t.Errorf("%s %.40s: %d %s %q, want %s", c.op, c.body, w.Code, e.Type, e.Message, c.want)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	w := httptest.NewRecorder()
	if k.ServeHTTP(w, r); w.Code != 400 || !strings.Contains(w.Body.String(), "UnknownOperationException") {
		t.Errorf("GET: %d %s", w.Code, w.Body)
	}
	r = httptest.NewRequest(http.MethodPost, "/", strings.NewReader("\xa0"))
	r.Header.Set("X-Amz-Target", "Kinesis_20131202.ListStreams")
	r.Header.Set("Content-Type", "application/x-amz-cbor-1.1")
	w = httptest.NewRecorder()
	if k.ServeHTTP(w, r); w.Code != 400 || !strings.Contains(w.Body.String(), "SerializationException") {
		t.Errorf("CBOR: %d %s", w.Code, w.Body)
	}
}

func FuzzRequest(f *testing.F) {
	for op, body := range map[string]string{
		"CreateStream":                  `{"StreamName":"t","ShardCount":2,"StreamModeDetails":{"StreamMode":"PROVISIONED"}}`,
		"DecreaseStreamRetentionPeriod": `{"StreamName":"s","RetentionPeriodHours":24}`,
		"DeleteStream":                  `{"StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s"}`,
		"DescribeLimits":                `{}`,
		"DescribeStream":                `{"StreamName":"s","Limit":1,"ExclusiveStartShardId":"shardId-000000000000"}`,
		"DescribeStreamSummary":         `{"StreamName":"s"}`,
		"GetRecords":                    `{"ShardIterator":"AAAA","Limit":10000}`,
		"GetShardIterator":              `{"StreamName":"s","ShardId":"shardId-000000000000","ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"1","Timestamp":1e9}`,
		"IncreaseStreamRetentionPeriod": `{"StreamName":"s","RetentionPeriodHours":8760}`,
		"ListShards":                    `{"StreamName":"s","ShardFilter":{"Type":"AT_TIMESTAMP","Timestamp":1.5}}`,
		"ListStreams":                   `{"Limit":1,"NextToken":"AAAA"}`,
		"MergeShards":                   `{"StreamName":"s","ShardToMerge":"shardId-000000000000","AdjacentShardToMerge":"shardId-000000000001"}`,
		"PutRecord":                     `{"StreamName":"s","PartitionKey":"k","Data":"eA==","ExplicitHashKey":"0"}`,
		"PutRecords":                    `{"StreamName":"s","Records":[{"PartitionKey":"k","Data":"eA=="},null]}`,
		"SplitShard":                    `{"StreamName":"s","ShardToSplit":"shardId-000000000000","NewStartingHashKey":"10"}`,
		"UpdateShardCount":              `{"StreamName":"s","TargetShardCount":3,"ScalingType":"UNIFORM_SCALING"}`,
	} {
		f.Add(op, []byte(body))
	}
	f.Add("", []byte("\xff{"))
	c := &clock{at: epoch()}
	f.Fuzz(func(t *testing.T, op string, body []byte) {
		k := emulator.NewKinesis(emulator.KinesisOptions{Now: c.Now})
		if err := k.CreateStream("s", 2); err != nil {
			t.Fatal(err)
		}
		w := send(k, op, string(body))
		answer, err := io.ReadAll(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		var e struct {
			Type string `json:"__type"`
		}
		if len(answer) > 0 {
			if err := json.Unmarshal(answer, &e); err != nil {
				t.Fatalf("answer %q: %v", answer, err)
			}
		}
		if (w.Code == 200) != (e.Type == "") || (w.Code != 200 && w.Code != 400) {
			t.Fatalf("status %d with error %q", w.Code, e.Type)
		}
		// Whatever was asked for, the server still works.
		if w := send(k, "ListStreams", `{}`); w.Code != 200 {
			t.Fatalf("afterwards: %d %s", w.Code, w.Body)
		}
		for _, shard := range k.Shards("s") {
			if w := send(k, "GetShardIterator", `{"StreamName":"s","ShardIteratorType":"TRIM_HORIZON","ShardId":"`+shard+`"}`); w.Code != 200 {
				t.Fatalf("afterwards: %d %s", w.Code, w.Body)
			}
		}
	})
}

// BenchmarkGetRecords reads answers of 1,000 records of 1 KB, as the program sees a busy shard.
func BenchmarkGetRecords(b *testing.B) {
	k := emulator.NewKinesis(emulator.KinesisOptions{NoLimits: true})
	if err := k.CreateStream("s", 1); err != nil {
		b.Fatal(err)
	}
	for i := range 1000 {
		if _, _, err := k.Put("s", fmt.Sprint(i), make([]byte, 1000)); err != nil {
			b.Fatal(err)
		}
	}
	var it struct{ ShardIterator string }
	w := send(k, "GetShardIterator", `{"StreamName":"s","ShardIteratorType":"TRIM_HORIZON","ShardId":"`+firstShard+`"}`)
	if err := json.Unmarshal(w.Body.Bytes(), &it); err != nil {
		b.Fatal(err)
	}
	body := fmt.Sprintf(`{"ShardIterator":%q}`, it.ShardIterator)
	for b.Loop() {
		w := send(k, "GetRecords", body)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
		b.SetBytes(int64(w.Body.Len()))
	}
}

// BenchmarkPutRecords writes 500 records of 1 KB a call over the wire.
func BenchmarkPutRecords(b *testing.B) {
	entry := fmt.Sprintf(`{"PartitionKey":"k","Data":%q}`, strings.Repeat("AAAA", 333))
	body := `{"StreamName":"s","Records":[` + strings.Repeat(entry+",", 499) + entry + `]}`
	c := &clock{at: epoch()}
	k := emulator.NewKinesis(emulator.KinesisOptions{NoLimits: true, Retention: time.Minute, Now: c.Now})
	if err := k.CreateStream("s", 1); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if w := send(k, "PutRecords", body); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
		c.Advance(time.Second) // so that retention bounds what is held
	}
}
