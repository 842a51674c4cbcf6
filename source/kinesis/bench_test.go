package kinesis

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/sourcetest"
)

// canned answers with what was encoded beforehand, so that a benchmark measures the reader. Every shard has as much as anybody reads.
type canned struct {
	shards  int
	records []byte // an answer of GetRecords
}

// newCanned gives one whose answers have about so many bytes of records, and how many they are exactly.
func newCanned(shards, size int) (*canned, int64) {
	type record struct {
		ApproximateArrivalTimestamp  float64
		Data                         []byte
		PartitionKey, SequenceNumber string
	}
	var (
		list  []record
		bytes int
	)
	for n := 0; bytes < size; n++ {
		data := []byte(strings.Replace(sourcetest.Entry(n), `"raw_details":{`, `"raw_details":{"spec":"`+strings.Repeat("retention ", 40)+`",`, 1))
		bytes += len(data)
		list = append(list, record{1.8e9, data, "key", fmt.Sprint(1e15 + float64(n))})
	}
	text, err := json.Marshal(map[string]any{"Records": list, "NextShardIterator": "next", "MillisBehindLatest": 3_600_000})
	if err != nil {
		panic(err)
	}
	return &canned{shards, text}, int64(bytes)
}

func (c *canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	switch _, op, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); op {
	case "ListShards":
		var shards []string
		for i := range c.shards {
			shards = append(shards, fmt.Sprintf(`{"ShardId":"shardId-%012d"}`, i))
		}
		fmt.Fprintf(w, `{"Shards":[%s]}`, strings.Join(shards, ","))
	case "GetShardIterator":
		fmt.Fprint(w, `{"ShardIterator":"first"}`)
	default:
		w.Header().Set("Content-Length", fmt.Sprint(len(c.records)))
		_, _ = io.Copy(w, bytes.NewReader(c.records))
	}
}

// BenchmarkRead reads ten shards as fast as it can, with the SDK's client over loopback. Each of them gives two megabytes a second at most,
// so that 20 MB/s on one core is enough.
func BenchmarkRead(b *testing.B) {
	server, size := newCanned(10, 1<<20)
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	url, err := emulator.Serve(ctx, server)
	if err != nil {
		b.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 10}
	defer transport.CloseIdleConnections()
	s := New(NewClient(aws.Config{
		Region: "us-east-1", BaseEndpoint: &url, HTTPClient: &http.Client{Transport: transport},
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}), Ref{Name: streamName, Region: "us-east-1"}, source.Options{Follow: true})
	s.tempo = tempo{retry: time.Second, relist: time.Hour}
	out := make(chan source.Event)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, out) }()
	entries := 0
	b.SetBytes(size)
	for b.Loop() {
		for got := 0; got == 0; {
			select {
			case e := <-out:
				got = e.Len()
				entries += got
			case err := <-ended:
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(entries)/b.Elapsed().Seconds(), "entries/s")
	cancel()
	<-ended
}
