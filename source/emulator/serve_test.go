package emulator_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"taudit/source/emulator"
)

func TestServeListensOnLoopbackUntilCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	entered := make(chan struct{})
	url, err := emulator.Serve(ctx, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			close(entered)
			<-r.Context().Done()
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("serves on %s", url)
	}
	client := transport(t)
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error)
	go func() {
		resp, err := client.Get(url + "/wait")
		if err == nil {
			err = resp.Body.Close()
		}
		waiting <- err
	}()
	<-entered
	cancel()
	if err := <-waiting; err == nil {
		t.Error("a request outlived the server")
	}
	for deadline := time.Now().Add(5 * time.Second); ; {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			break
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatal("still listening")
		}
	}
	if _, err := emulator.Serve(ctx, http.NotFoundHandler()); err == nil {
		t.Error("serving with a context that has ended")
	}
}

func TestServeSurvivesPanics(t *testing.T) {
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/panic":
			panic("at the worst time")
		case "/abort":
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, "fine")
	}))
	client := transport(t)
	get := func(path string) (int, string, error) {
		resp, err := client.Get(url + path)
		if err != nil {
			return 0, "", err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body), err
	}
	if code, body, err := get("/panic"); err != nil || code != 500 || !strings.Contains(body, "at the worst time") {
		t.Errorf("a panic: %d %q %v", code, body, err)
	}
	if _, _, err := get("/abort"); err == nil {
		t.Error("an aborted request was answered")
	}
	if code, body, err := get("/"); err != nil || code != 200 || body != "fine" {
		t.Errorf("afterwards: %d %q %v", code, body, err)
	}
}

func TestConcurrentUse(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 4)
	var wg sync.WaitGroup
	const writers, each = 4, 50
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if _, _, err := b.server.Put("s", fmt.Sprint(w, i), []byte("x")); err != nil {
					t.Error(err)
				}
				b.clock.Advance(time.Millisecond)
			}
		})
	}
	wg.Go(func() {
		for range 3 {
			if _, err := b.server.Split("s", b.server.Shards("s")[0]); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Go(func() {
		for range 20 {
			remove := b.server.Inject(emulator.Fault{Op: "None"})
			b.server.Calls()
			b.server.Trim("s", epoch().Add(-time.Hour))
			remove()
		}
	})
	for range 2 {
		wg.Go(func() {
			for range 10 {
				for _, s := range b.list(nil) {
					b.horizon("s", *s.ShardId)
				}
			}
		})
	}
	wg.Wait()
	// Every record is read once by following the shards to their ends.
	seen := map[string]bool{}
	for _, s := range b.list(nil) {
		for it := b.iterator("s", *s.ShardId, types.ShardIteratorTypeTrimHorizon); it != nil; {
			out := must(b.get(it))(t)
			for _, r := range out.Records {
				if seen[*r.SequenceNumber] {
					t.Errorf("%s twice", *r.SequenceNumber)
				}
				seen[*r.SequenceNumber] = true
			}
			if it = out.NextShardIterator; len(out.Records) == 0 {
				break
			}
		}
	}
	if len(seen) != writers*each {
		t.Errorf("%d records read, want %d", len(seen), writers*each)
	}
}
