package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
)

// Firehose answers DescribeDeliveryStream as Amazon Data Firehose does. It delivers nothing. The zero value knows no stream; its methods may be
// called from any goroutine.
type Firehose struct {
	mu      sync.Mutex
	streams map[string]any
	denied  bool
	calls   int
}

// Set adds a delivery stream, described as in the answer of the service:
// https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeliveryStreamDescription.html.
func (f *Firehose) Set(name string, description map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.streams == nil {
		f.streams = map[string]any{}
	}
	description["DeliveryStreamName"] = name
	f.streams[name] = description
}

// Deny lets everything be refused.
func (f *Firehose) Deny() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.denied = true
}

// Calls counts what was asked.
func (f *Firehose) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// ServeHTTP answers one request.
func (f *Firehose) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const most = 1 << 20
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	answer := func(status int, v any) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v) // whoever asked may have gone
	}
	refuse := func(code, message string) {
		answer(http.StatusBadRequest, map[string]string{"__type": code, "message": message})
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, most))
	var in struct{ DeliveryStreamName string }
	switch {
	case r.Header.Get("X-Amz-Target") != "Firehose_20150804.DescribeDeliveryStream":
		refuse("UnknownOperationException", "only DescribeDeliveryStream is answered")
	case f.denied:
		refuse("AccessDeniedException", "User: arn:aws:sts::123456789012:assumed-role/reader/me is not authorized to perform: firehose:DescribeDeliveryStream")
	case err != nil || json.Unmarshal(body, &in) != nil || in.DeliveryStreamName == "":
		refuse("InvalidArgumentException", "DeliveryStreamName is required")
	case f.streams[in.DeliveryStreamName] == nil:
		refuse("ResourceNotFoundException", "Firehose "+in.DeliveryStreamName+" not found under account 123456789012.")
	default:
		answer(http.StatusOK, map[string]any{"DeliveryStreamDescription": f.streams[in.DeliveryStreamName]})
	}
}
