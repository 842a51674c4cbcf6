package s3_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"taudit/source"
	"taudit/source/s3"
)

// endless gives the same entries again and again, until it has given size bytes.
type endless struct {
	text string
	at   int
	left int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), e.left)], e.text[e.at:])
	e.at, e.left = (e.at+n)%len(e.text), e.left-int64(n)
	return n, nil
}

// packed is a gzip file of the same text again and again, size bytes of it at least: what the text is deflated to does not refer to what
// is before it, so that it can be written once and given many times.
func packed(t *testing.T, text string, size int64) io.ReadCloser {
	t.Helper()
	var block bytes.Buffer
	z, err := flate.NewWriter(&block, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Flush(); err != nil {
		t.Fatal(err)
	}
	times := (size + int64(len(text)) - 1) / int64(len(text))
	sum := uint32(0)
	for range times {
		sum = crc32.Update(sum, crc32.IEEETable, []byte(text))
	}
	end := []byte{1, 0, 0, 0xff, 0xff} // the last block, of no bytes
	end = binary.LittleEndian.AppendUint32(end, sum)
	end = binary.LittleEndian.AppendUint32(end, uint32(times*int64(len(text))))
	return io.NopCloser(io.MultiReader(
		strings.NewReader("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), // RFC 1952: deflated, nothing else said
		&endless{text: block.String(), left: times * int64(block.Len())},
		bytes.NewReader(end),
	))
}

// live is how much memory is in use that is not garbage, in bytes.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestLargeObjects: objects that are much larger than the memory that there is for them are read as they come.
func TestLargeObjects(t *testing.T) {
	const (
		size  = 112 << 20
		limit = 48 << 20 // for the decoder and one event on its way too
	)
	text := entries(0, 1000)
	whole := size / int64(len(text)) * 1000
	for name, test := range map[string]struct {
		open func() io.ReadCloser
		max  int64 // that may come out
		want int64 // entries at least
		bad  string
	}{
		"plain":    {open: func() io.ReadCloser { return io.NopCloser(&endless{text: text, left: size}) }, want: whole},
		"packed":   {open: func() io.ReadCloser { return packed(t, text, size) }, want: whole},
		"too much": {open: func() io.ReadCloser { return packed(t, text, size) }, max: size / 4, want: whole/4 - 1000, bad: "more comes out"},
		// One object, which never ends: no entry, and no reason to hold it all.
		"one string": {
			open: func() io.ReadCloser {
				return io.NopCloser(io.MultiReader(strings.NewReader(`{"operation":"X","log_id":"`), &endless{text: strings.Repeat("a", 1<<16), left: size}))
			},
			bad: "larger than",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fake{}
			f.put("audit/large", "x", noon())
			f.list = func(*sdk.ListObjectsV2Input) (*sdk.ListObjectsV2Output, error, bool) {
				f.objects["audit/large"] = fakeObject{"x", noon()}
				return nil, nil, false
			}
			f.get = func(*sdk.GetObjectInput) (*sdk.GetObjectOutput, error, bool) {
				return &sdk.GetObjectOutput{Body: test.open(), ETag: aws.String("x")}, nil, true // of a size that nobody announced
			}
			before := live()
			src := f.source("audit/", source.Options{}, s3.Config{Memory: 4 << 20, MaxUnpacked: test.max})
			out, ended := make(chan source.Event), make(chan error, 1)
			go func() { ended <- src.Run(t.Context(), out) }()
			var got, most int64
			var bad []string
			for events, running := 0, true; running; events++ {
				select {
				case e := <-out:
					got += int64(e.Len())
					for _, b := range e.Bad {
						bad = append(bad, b.Reason)
					}
					if events%16 == 0 {
						e = source.Event{}
						most = max(most, live()-before)
					}
				case err := <-ended:
					if err != nil {
						t.Fatal(err)
					}
					running = false
				}
			}
			if got < test.want || test.max == 0 && got > test.want+1000 {
				t.Errorf("%d entries came; want %d", got, test.want)
			}
			if most > limit {
				t.Errorf("%d MiB were in use", most>>20)
			}
			if found := strings.Contains(strings.Join(bad, "\n"), test.bad); test.bad != "" && !found || test.bad == "" && len(bad) > 1 {
				t.Errorf("bad records %q; want %q", bad, test.bad)
			}
		})
	}
}

// TestLargeZip: a zip file is held whole, so one that is larger than there is memory for is left out, which is said.
func TestLargeZip(t *testing.T) {
	p := newPlace(t)
	archive := func(from, to int) string {
		return through(t, entries(from, to), func(w io.Writer) (io.Writer, []io.Closer) {
			z := zip.NewWriter(w)
			file, err := z.CreateHeader(&zip.FileHeader{Name: "a", Method: zip.Store})
			if err != nil {
				t.Fatal(err)
			}
			return file, []io.Closer{z}
		})
	}
	p.put("audit/small.zip", archive(0, 100), noon())
	p.put("audit/middle.zip", archive(100, 300), noon())
	p.put("audit/large.zip", archive(1000, 2000), noon())
	c := quick()
	c.Memory = 256 << 10
	r := start(t, p.source("audit/", source.Options{}, c))
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	r.wantIDs(upTo(300)...)
	gaps := r.gaps()
	if len(gaps) != 1 || !strings.HasPrefix(gaps[0].Why, "audit/large.zip: ") || !strings.Contains(gaps[0].Why, "too many to hold in memory") {
		t.Errorf("gaps %+v", gaps)
	}
}

// slowBody takes a second to come.
type slowBody struct {
	in     io.Reader
	closed func()
	once   sync.Once
}

func (s *slowBody) Read(p []byte) (int, error) {
	time.Sleep(time.Second)
	return s.in.Read(p)
}

func (s *slowBody) Close() error {
	s.once.Do(s.closed)
	return nil
}

// TestFetchedInParallel: small objects are fetched many at a time, and no more at once than there is memory for.
func TestFetchedInParallel(t *testing.T) {
	for name, test := range map[string]struct {
		each   int // entries in an object
		memory int64
		least  int
		most   int
	}{
		"small": {1, 1 << 20, 20, 32},
		"large": {100, 100 << 10, 10, 16}, // an object has 57 kB and a sixteenth of the memory
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				f := &fake{}
				for i := range 200 {
					f.put(firehose("audit/", noon().Add(-time.Duration(i)*time.Minute), i), entries(i*test.each, (i+1)*test.each), noon())
				}
				var under, most int
				f.get = func(in *sdk.GetObjectInput) (*sdk.GetObjectOutput, error, bool) {
					under++
					most = max(most, under)
					body := f.objects[*in.Key].body
					out := opened(body, nil)
					out.Body = &slowBody{in: strings.NewReader(body), closed: func() {
						f.mu.Lock()
						defer f.mu.Unlock()
						under--
					}}
					return out, nil, true
				}
				r := start(t, f.source("audit/", source.Options{}, s3.Config{Memory: test.memory}))
				time.Sleep(10 * time.Minute)
				if err := r.end(); err != nil {
					t.Fatal(err)
				}
				r.wantIDs(upTo(200 * test.each)...)
				if most < test.least || most > test.most {
					t.Errorf("%d objects were under way at once; want %d to %d", most, test.least, test.most)
				}
			})
		})
	}
}

// TestEventsAreFilled: the entries of small objects go into events of thousands.
func TestEventsAreFilled(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := &fake{}
		for i := range 500 {
			f.put(firehose("audit/", noon().Add(-time.Duration(i)*time.Minute), i), entries(i*100, (i+1)*100), noon())
		}
		r := start(t, f.source("audit/", source.Options{}, s3.Config{}))
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		if n := len(r.ids()); n != 50_000 {
			t.Errorf("%d entries came", n)
		}
		if n := len(r.all()); n > 60 {
			t.Errorf("they came in %d events", n)
		}
	})
}
