package emulator

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/johannesboyne/gofakes3"
)

// S3Options set up an S3 server.
type S3Options struct {
	// Now stamps objects that are written over HTTP. It is called from many goroutines at once. nil means time.Now.
	Now func() time.Time

	// Region is the one that a Redirect fault sends clients to; default eu-west-1.
	Region string
}

// S3 is a server of the S3 REST API for clients that address buckets by path, as the AWS SDKs do when the endpoint is an IP
// address. gofakes3 speaks the protocol; objects are kept in memory.
type S3 struct {
	store   *buckets
	handler http.Handler
	region  string
	faults  faults

	mu    sync.Mutex
	calls map[string]int
}

// NewS3 makes a server without buckets. It needs no closing.
func NewS3(o S3Options) *S3 {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Region == "" {
		o.Region = "eu-west-1"
	}
	store := newBuckets(o.Now)
	server := gofakes3.New(store,
		gofakes3.WithTimeSource(clock(o.Now)),
		gofakes3.WithTimeSkewLimit(0), // clients sign with their own clock, which the server's need not follow
	)
	return &S3{store: store, handler: server.Server(), region: o.Region, calls: map[string]int{}}
}

var _ http.Handler = (*S3)(nil)

// CreateBucket makes an empty bucket. It fails if there is one of that name or the name is not one that S3 allows.
func (s *S3) CreateBucket(name string) error {
	err := gofakes3.ValidateBucketName(name)
	if err == nil {
		err = s.store.CreateBucket(name)
	}
	if err != nil {
		return fmt.Errorf("creating bucket %q: %w", name, err)
	}
	return nil
}

// Put writes an object that was last modified at the given time, replacing the one of that key. It does not go over HTTP. The
// server keeps body: the caller must not change it afterwards. A key that is hidden stays hidden.
func (s *S3) Put(bucket, key string, body []byte, modified time.Time) error {
	return s.PutEncoded(bucket, key, body, modified, "")
}

// PutEncoded is Put for an object with a Content-Encoding header, as Firehose sets it for what it compresses.
func (s *S3) PutEncoded(bucket, key string, body []byte, modified time.Time, encoding string) error {
	headers := map[string]string{"Content-Type": "application/octet-stream"}
	if encoding != "" {
		headers["Content-Encoding"] = encoding
	}
	if err := s.store.put(bucket, newObject(key, body, modified, headers), nil); err != nil {
		return fmt.Errorf("putting s3://%s/%s: %w", bucket, key, err)
	}
	return nil
}

// Delete removes an object; it is no error if there is none.
func (s *S3) Delete(bucket, key string) error {
	if _, err := s.store.DeleteObject(bucket, key); err != nil {
		return fmt.Errorf("deleting s3://%s/%s: %w", bucket, key, err)
	}
	return nil
}

// Hide makes a key unknown to all requests, as if its object were still on its way, until Show. It may be called before or
// after the object is put.
func (s *S3) Hide(bucket, key string) { s.store.setHidden(bucket, key, true) }

// Show ends Hide. The object then has the modification time that it was put with, so it appears to have been there all along.
func (s *S3) Show(bucket, key string) { s.store.setHidden(bucket, key, false) }

// Calls counts the requests received, by operation, those that failed or were made to fail included.
func (s *S3) Calls() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.calls)
}

// Inject makes requests fail as f says until remove is called or f.Times is used up. See Fault.
func (s *S3) Inject(f Fault) (remove func()) { return s.faults.add(f) }

// ServeHTTP answers one request of the API.
func (s *S3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op, bucket, key := s3Operation(r)
	s.mu.Lock()
	s.calls[op]++
	s.mu.Unlock()
	f, ok := s.faults.pick(r.Context(), op, "", key)
	if !ok {
		s.handler.ServeHTTP(w, r)
		return
	}
	switch f.Kind {
	case Slow:
		s.handler.ServeHTTP(w, r)
	case Drop:
		panic(http.ErrAbortHandler) // how net/http is told to close the connection; it is not logged
	case Cut, Corrupt:
		answer := &recorded{header: http.Header{}, status: http.StatusOK}
		s.handler.ServeHTTP(answer, r)
		answer.send(w, f)
	default:
		f.writeS3Error(w, r, s.region, bucket, key)
	}
}

// s3Operation names the operation of a request as the SDK does. key is that of the object, or the prefix of a listing.
func s3Operation(r *http.Request) (op, bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	query := r.URL.Query()
	switch {
	case bucket == "":
		return "ListBuckets", "", ""
	case key != "":
		return objectOperation(r.Method, query), bucket, key
	}
	switch r.Method {
	case http.MethodHead:
		return "HeadBucket", bucket, ""
	case http.MethodPut:
		return "CreateBucket", bucket, ""
	case http.MethodDelete:
		return "DeleteBucket", bucket, ""
	case http.MethodPost:
		return "DeleteObjects", bucket, ""
	}
	switch {
	case query.Has("location"):
		return "GetBucketLocation", bucket, ""
	case query.Has("versioning"):
		return "GetBucketVersioning", bucket, ""
	case query.Has("versions"):
		return "ListObjectVersions", bucket, query.Get("prefix")
	case query.Has("uploads"):
		return "ListMultipartUploads", bucket, query.Get("prefix")
	case query.Get("list-type") == "2":
		return "ListObjectsV2", bucket, query.Get("prefix")
	}
	return "ListObjects", bucket, query.Get("prefix")
}

func objectOperation(method string, query map[string][]string) string {
	_, part := query["uploadId"]
	_, create := query["uploads"]
	switch {
	case method == http.MethodHead:
		return "HeadObject"
	case method == http.MethodGet && part:
		return "ListParts"
	case method == http.MethodGet:
		return "GetObject"
	case method == http.MethodPut && part:
		return "UploadPart"
	case method == http.MethodPut:
		return "PutObject"
	case method == http.MethodDelete && part:
		return "AbortMultipartUpload"
	case method == http.MethodDelete:
		return "DeleteObject"
	case create:
		return "CreateMultipartUpload"
	case part:
		return "CompleteMultipartUpload"
	}
	return "Unknown"
}

// clock is a server's clock as gofakes3 wants it.
type clock func() time.Time

func (c clock) Now() time.Time                  { return c() }
func (c clock) Since(t time.Time) time.Duration { return c().Sub(t) }

// recorded is an answer that is held back to be mangled.
type recorded struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorded) Header() http.Header         { return r.header }
func (r *recorded) WriteHeader(status int)      { r.status = status }
func (r *recorded) Write(b []byte) (int, error) { return r.body.Write(b) }
