package emulator_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"taudit/source/emulator"
)

// apiCode is the code of an error that the service answered.
func apiCode(t testing.TB, err error) string {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Fatalf("got error %v, want one of the service", err)
	}
	return api.ErrorCode()
}

func status(t testing.TB, err error) int {
	t.Helper()
	return wantError[*smithyhttp.ResponseError](t, err).HTTPStatusCode()
}

func TestKinesisFaults(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	b.fill("s", 3)
	it := b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)
	for _, c := range []struct {
		name  string
		kind  emulator.FaultKind
		check func(t testing.TB, err error)
	}{
		{"throttle", emulator.Throttle, func(t testing.TB, err error) {
			wantError[*types.ProvisionedThroughputExceededException](t, err)
		}},
		{"kms throttle", emulator.KMSThrottle, func(t testing.TB, err error) { wantError[*types.KMSThrottlingException](t, err) }},
		{"expire", emulator.Expire, func(t testing.TB, err error) { wantError[*types.ExpiredIteratorException](t, err) }},
		{"deny", emulator.Deny, func(t testing.TB, err error) { wantError[*types.AccessDeniedException](t, err) }},
		{"not found", emulator.ResourceNotFound, missing},
		{"internal", emulator.Internal, answered("InternalFailure", 500)},
		{"unavailable", emulator.Unavailable, answered("ServiceUnavailable", 503)},
		{"expired token", emulator.ExpiredToken, answered("ExpiredTokenException", 400)},
		{"drop", emulator.Drop, unanswered},
		{"cut", emulator.Cut, unanswered},
		{"corrupt", emulator.Corrupt, unanswered},
		{"one that S3 has", emulator.Archived, answered("InternalFailure", 500)},
	} {
		t.Run(c.name, func(t *testing.T) {
			remove := b.server.Inject(emulator.Fault{Op: "GetRecords", Kind: c.kind})
			for range 2 {
				_, err := b.get(it)
				c.check(t, err)
			}
			remove()
			if out := must(b.get(it))(t); len(out.Records) != 3 {
				t.Errorf("%d records after the fault, want 3", len(out.Records))
			}
		})
	}
}

// answered checks for an error without a type of its own.
func answered(code string, wantStatus int) func(t testing.TB, err error) {
	return func(t testing.TB, err error) {
		t.Helper()
		if got := apiCode(t, err); got != code {
			t.Errorf("code %s, want %s", got, code)
		}
		if got := status(t, err); got != wantStatus {
			t.Errorf("status %d, want %d", got, wantStatus)
		}
	}
}

// unanswered checks for an error that is not an answer of the service.
func unanswered(t testing.TB, err error) {
	t.Helper()
	var api smithy.APIError
	if err == nil || errors.As(err, &api) {
		t.Errorf("got %v, want a broken connection or body", err)
	}
}

func TestFaultsOfControlOperations(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	list := func() error {
		_, err := b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s")})
		return err
	}
	remove := b.server.Inject(emulator.Fault{Kind: emulator.Throttle}) // any operation
	wantError[*types.LimitExceededException](t, list())
	wantError[*types.ProvisionedThroughputExceededException](t, b.put("k", 1))
	remove()
	b.server.Inject(emulator.Fault{Op: "ListShards", Kind: emulator.Expire, Times: 1})
	wantError[*types.ExpiredNextTokenException](t, list())
	if err := list(); err != nil {
		t.Error(err)
	}
}

func TestFaultSkipsAndEnds(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 2)
	second := "shardId-000000000001"
	its := []*string{b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon), b.iterator("s", second, types.ShardIteratorTypeTrimHorizon)}
	remove := b.server.Inject(emulator.Fault{Op: "GetRecords", Shard: second, Skip: 2, Times: 3, Kind: emulator.Deny})
	b.server.Inject(emulator.Fault{Op: "GetRecords", Shard: second, Skip: 2, Times: 1, Kind: emulator.Throttle}) // after the first is used up
	var got string
	for range 10 {
		if _, err := b.get(its[0]); err != nil {
			t.Fatalf("a fault of the other shard: %v", err)
		}
		_, err := b.get(its[1])
		switch {
		case err == nil:
			got += "."
		case apiCode(t, err) == "AccessDeniedException":
			got += "D"
		default:
			got += "T"
		}
	}
	if want := "..DDDT...."; got != want {
		t.Errorf("calls went %s, want %s", got, want)
	}
	remove()
	remove() // a second time does nothing
}

func TestFaultDelays(t *testing.T) {
	b := newBench(t, emulator.KinesisOptions{NoLimits: true})
	b.create("s", 1)
	it := b.iterator("s", firstShard, types.ShardIteratorTypeTrimHorizon)
	b.server.Inject(emulator.Fault{Op: "GetRecords", Delay: 30 * time.Millisecond, Times: 1})
	start := time.Now()
	must(b.get(it))(t)
	if took := time.Since(start); took < 30*time.Millisecond {
		t.Errorf("a delayed answer took %s", took)
	}
	// A client that gives up does not wait, and neither does the server.
	b.server.Inject(emulator.Fault{Op: "GetRecords", Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := b.client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: it}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want a deadline", err)
	}
}

func TestS3Faults(t *testing.T) {
	f := newBucket(t)
	f.put("a", "the body of an object", epoch())
	for _, c := range []struct {
		name  string
		kind  emulator.FaultKind
		check func(t testing.TB, err error)
	}{
		{"throttle", emulator.Throttle, answered("SlowDown", 503)},
		{"unavailable", emulator.Unavailable, answered("SlowDown", 503)},
		{"kms throttle", emulator.KMSThrottle, answered("KMS.ThrottlingException", 400)},
		{"expired token", emulator.ExpiredToken, answered("ExpiredToken", 400)},
		{"expire", emulator.Expire, answered("ExpiredToken", 400)},
		{"deny", emulator.Deny, answered("AccessDenied", 403)},
		{"no bucket", emulator.ResourceNotFound, answered("NoSuchBucket", 404)},
		{"internal", emulator.Internal, answered("InternalError", 500)},
		{"no key", emulator.NoSuchKey, noSuchKey},
		{"archived", emulator.Archived, archived},
		{"drop", emulator.Drop, unanswered},
		{"cut", emulator.Cut, unanswered},
		{"redirect", emulator.Redirect, func(t testing.TB, err error) {
			answered("PermanentRedirect", 301)(t, err)
			if region := wantError[*smithyhttp.ResponseError](t, err).Response.Header.Get("X-Amz-Bucket-Region"); region != "eu-west-1" {
				t.Errorf("redirected to region %q", region)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			remove := f.server.Inject(emulator.Fault{Op: "GetObject", Key: "a", Kind: c.kind})
			_, err := f.get("a")
			c.check(t, err)
			remove()
			if got := must(f.get("a"))(t); got != "the body of an object" {
				t.Errorf("after the fault: %q", got)
			}
		})
	}
	f.server.Inject(emulator.Fault{Op: "GetObject", Kind: emulator.Corrupt, Times: 1})
	corrupt := must(f.get("a"))(t)
	if len(corrupt) != len("the body of an object") || corrupt == "the body of an object" {
		t.Errorf("corrupted: %q", corrupt)
	}
	f.server.Inject(emulator.Fault{Op: "ListObjectsV2", Key: "p/", Kind: emulator.Deny})
	f.list("q/")
	if _, err := f.tryList("p/"); apiCode(t, err) != "AccessDenied" {
		t.Errorf("listing a denied prefix: %v", err)
	}
}

func TestFaultWithoutBodyAnswersHead(t *testing.T) {
	f := newBucket(t)
	f.put("a", "body", epoch())
	f.server.Inject(emulator.Fault{Op: "HeadObject", Kind: emulator.Deny})
	resp, err := transport(t).Head(f.url + "/bucket/a")
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", resp.StatusCode)
	}
}
