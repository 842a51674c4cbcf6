//go:build e2e

package e2e_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"taudit/source/emulator"
)

// pair is a bucket beside a stream.
type pair struct {
	t           *testing.T
	stream      *emulator.Kinesis
	bucket      *emulator.S3
	environment []string
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{
		t: t, stream: emulator.NewKinesis(emulator.KinesisOptions{Retention: 7 * 24 * time.Hour}), bucket: emulator.NewS3(emulator.S3Options{}),
	}
	if err := p.stream.CreateStream(stream, 2); err != nil {
		t.Fatal(err)
	}
	if err := p.bucket.CreateBucket("acme-audit"); err != nil {
		t.Fatal(err)
	}
	kinesis, err := emulator.Serve(t.Context(), p.stream)
	if err != nil {
		t.Fatal(err)
	}
	s3, err := emulator.Serve(t.Context(), p.bucket)
	if err != nil {
		t.Fatal(err)
	}
	p.environment = append(aws(), "AWS_REGION=us-east-1", "AWS_ENDPOINT_URL_KINESIS="+kinesis, "AWS_ENDPOINT_URL_S3="+s3)
	return p
}

// entryOf is an audit log entry of a time.
func entryOf(at time.Time, logID, operation string) string {
	return fmt.Sprintf(`{"emit_time":%q,"operation":%q,"status":"OK","log_id":%q,"principal":{"type":"user","id":"u-1","name":"user2@example.com"}}`,
		at.UTC().Format(time.RFC3339Nano), operation, logID)
}

// put writes an entry to the stream, as if it had arrived at a time.
func (p *pair) put(at time.Time, raw string) {
	p.t.Helper()
	if _, _, err := p.stream.PutAt(stream, raw, []byte(raw), at); err != nil {
		p.t.Fatal(err)
	}
}

// deliver writes entries into one object, the first of which arrived at a time, as Firehose does five minutes later.
func (p *pair) deliver(first time.Time, raws ...string) {
	p.t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for _, raw := range raws {
		if _, err := z.Write([]byte(raw)); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		p.t.Fatal(err)
	}
	first = first.UTC()
	key := "firehose/" + first.Format("2006/01/02/15/") + "audit-1-" + first.Format("2006-01-02-15-04-05") + "-0836e879.gz"
	if err := p.bucket.Put("acme-audit", key, b.Bytes(), first.Add(5*time.Minute)); err != nil {
		p.t.Fatal(err)
	}
}

// print is what print gives of both: its lines, and what it says at the end.
func (p *pair) print(bin string, args ...string) (lines []string, closing string) {
	p.t.Helper()
	cmd := exec.Command(bin, append([]string{"print", "kinesis://" + stream, "s3://acme-audit/firehose/"}, args...)...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.t.TempDir(), "AWS_EC2_METADATA_DISABLED=true"}, p.environment...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		p.t.Fatalf("%v: %s", err, errs.String())
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"), errs.String()
}

// testSeam: history from the bucket and the present from the stream, each entry once and in order, and what lies between them is told.
func testSeam(t *testing.T, bin string) {
	const n = 1000
	now := time.Now().Truncate(time.Second)

	t.Run("in both", func(t *testing.T) {
		p := newPair(t)
		var want []string
		begin := now.Add(-51 * time.Hour)
		for i := range n {
			at := begin.Add(time.Duration(i) * 3 * time.Minute)
			want = append(want, entryOf(at, fmt.Sprintf("log-%04d", i), "UpdateNamespace"))
			p.put(at, want[i])
			if i%2 == 1 {
				p.deliver(at.Add(-3*time.Minute), want[i-1:]...)
			}
		}
		got, closing := p.print(bin, "--since", "7d")
		if !slices.Equal(got, want) {
			t.Errorf("%d lines were printed; want the %d entries in order", len(got), n)
		}
		if !strings.Contains(closing, "read=2000 printed=1000 duplicates=1000 bad=0 gaps=0\n") || !strings.Contains(closing, "; no gaps;") {
			t.Errorf("it says %q", closing)
		}
	})

	t.Run("a hole between", func(t *testing.T) {
		p := newPair(t)
		var want []string
		// The bucket has the first half, and the stream what came more than a day later.
		begin := now.Add(-90 * time.Hour)
		at := func(i int) time.Time {
			if i >= n/2 {
				i += 51 * 60
			}
			return begin.Add(time.Duration(i) * time.Minute)
		}
		for i := range n {
			want = append(want, entryOf(at(i), fmt.Sprintf("log-%04d", i), "UpdateNamespace"))
			if i < n/2 {
				p.deliver(at(i), want[i])
			} else {
				p.put(at(i), want[i])
			}
		}
		got, closing := p.print(bin, "--since", "7d")
		if !slices.Equal(got, want) {
			t.Errorf("%d lines were printed; want the %d entries in order", len(got), n)
		}
		from, to := at(n/2-1).Add(5*time.Minute).UTC(), at(n/2).UTC()
		for _, part := range []string{
			" gaps=1\n", "1 gap: between s3://acme-audit/firehose/ and kinesis audit-prod/us-east-1 from " + from.Format("2006-01-02 15:04"),
			" to " + to.Format("2006-01-02 15:04"),
		} {
			if !strings.Contains(closing, part) {
				t.Errorf("it says %q, and not %q", closing, part)
			}
		}
		// What is asked for is all on the stream.
		_, closing = p.print(bin, "--since", "35h")
		if !strings.Contains(closing, "between") {
			t.Errorf("of the last 35 hours it says %q", closing)
		}
		_, closing = p.print(bin, "--since", "24h")
		if strings.Contains(closing, "between") || !strings.Contains(closing, " gaps=0\n") {
			t.Errorf("of the last day it says %q", closing)
		}
	})

	t.Run("one id and two contents", func(t *testing.T) {
		p := newPair(t)
		at := now.Add(-2 * time.Hour)
		one, two := entryOf(at, "log-1", "UpdateNamespace"), entryOf(at, "log-1", "DeleteNamespace")
		p.deliver(at, one)
		p.put(at, one)
		p.put(at, two)
		got, closing := p.print(bin)
		slices.Sort(got)
		if !slices.Equal(got, []string{two, one}) || !strings.Contains(closing, "duplicates=1 ") {
			t.Errorf("printed %q, and said %q", got, closing)
		}
		term := newTerminal(t, t.TempDir(), 120, 40, p.environment...)
		term.command(bin + " kinesis://" + stream + " s3://acme-audit/firehose/")
		term.wait("both flagged", func(s string) bool { return strings.Count(s, "same id") == 2 })
		term.keys("Q")
		term.restored(0)
	})
}
