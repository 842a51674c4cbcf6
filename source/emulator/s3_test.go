package emulator_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"taudit/source/emulator"
)

// bucket is an S3 server on loopback with one bucket, and a client of it.
type bucket struct {
	*testing.T
	server *emulator.S3
	clock  *clock
	client *s3.Client
	url    string
}

func newBucket(t *testing.T) *bucket {
	t.Helper()
	c := &clock{at: epoch()}
	server := emulator.NewS3(emulator.S3Options{Now: c.Now})
	if err := server.CreateBucket("bucket"); err != nil {
		t.Fatal(err)
	}
	url := serve(t, server)
	return &bucket{t, server, c, s3Client(t, url), url}
}

func (b *bucket) put(key, body string, modified time.Time) {
	b.Helper()
	if err := b.server.Put("bucket", key, []byte(body), modified); err != nil {
		b.Fatal(err)
	}
}

func (b *bucket) get(key string) (string, error) {
	out, err := b.client.GetObject(b.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: &key})
	if err != nil {
		return "", err
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	return string(body), err
}

func (b *bucket) tryList(prefix string) ([]string, error) {
	out, err := b.client.ListObjectsV2(b.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("bucket"), Prefix: &prefix})
	if err != nil {
		return nil, err
	}
	keys := []string{}
	for _, o := range out.Contents {
		keys = append(keys, *o.Key)
	}
	return keys, nil
}

func (b *bucket) list(prefix string) []string {
	b.Helper()
	return must(b.tryList(prefix))(b)
}

func noSuchKey(t testing.TB, err error) {
	t.Helper()
	wantError[*types.NoSuchKey](t, err)
}

func archived(t testing.TB, err error) {
	t.Helper()
	if e := wantError[*types.InvalidObjectState](t, err); e.StorageClass != types.StorageClassGlacier {
		t.Errorf("storage class %q", e.StorageClass)
	}
}

func TestObjectsComeBackAsPut(t *testing.T) {
	b := newBucket(t)
	modified := time.Date(2024, 2, 29, 23, 59, 58, int(123*time.Millisecond), time.UTC)
	if err := b.server.PutEncoded("bucket", "p/a.gz", []byte("zipped"), modified, "gzip"); err != nil {
		t.Fatal(err)
	}
	b.put("p/b", "", modified.Add(time.Hour))
	list := must(b.client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("bucket")}))(t)
	if len(list.Contents) != 2 || *list.KeyCount != 2 || *list.IsTruncated {
		t.Fatalf("listing: %+v", list)
	}
	o := list.Contents[0]
	if *o.Key != "p/a.gz" || !o.LastModified.Equal(modified) || *o.Size != 6 || o.StorageClass != types.ObjectStorageClassStandard {
		t.Errorf("listed as %s %s %d %s", *o.Key, o.LastModified, *o.Size, o.StorageClass)
	}
	out := must(b.client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: o.Key}))(t)
	defer out.Body.Close()
	body := must(io.ReadAll(out.Body))(t)
	if string(body) != "zipped" || aws.ToString(out.ContentEncoding) != "gzip" || !out.LastModified.Equal(modified.Truncate(time.Second)) || *out.ETag != *o.ETag || *out.ContentLength != 6 {
		t.Errorf("got %q, encoding %q, modified %s, ETag %s of %s", body, aws.ToString(out.ContentEncoding), out.LastModified, *out.ETag, *o.ETag)
	}
	part := must(b.client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: o.Key, Range: aws.String("bytes=2-3")}))(t)
	defer part.Body.Close()
	if got := must(io.ReadAll(part.Body))(t); string(got) != "pp" {
		t.Errorf("range is %q", got)
	}
	_, err := b.client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: o.Key, IfNoneMatch: o.ETag})
	if got := status(t, err); got != 304 {
		t.Errorf("unchanged object: status %d", got)
	}
	_, err = b.get("p/none")
	noSuchKey(t, err)
	_, err = b.client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("none")})
	wantError[*types.NoSuchBucket](t, err)
}

func TestWritingOverHTTP(t *testing.T) {
	b := newBucket(t)
	if _, err := b.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("other")}); err != nil {
		t.Fatal(err)
	}
	put := &s3.PutObjectInput{Bucket: aws.String("other"), Key: aws.String("odd key/ü+%.json"), Body: bytes.NewReader([]byte("x")), ContentEncoding: aws.String("gzip")}
	must(b.client.PutObject(t.Context(), put))(t)
	must(b.client.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: aws.String("other"), Key: aws.String("copy"), CopySource: aws.String("other/odd%20key/%C3%BC%2B%25.json")}))(t)
	list := must(b.client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("other")}))(t)
	if len(list.Contents) != 2 || *list.Contents[0].Key != "copy" || *list.Contents[1].Key != *put.Key || !list.Contents[1].LastModified.Equal(epoch()) {
		t.Errorf("listing: %+v", list.Contents)
	}
	put.IfNoneMatch, put.Body = aws.String("*"), bytes.NewReader(nil)
	_, err := b.client.PutObject(t.Context(), put)
	if got := status(t, err); got != 412 {
		t.Errorf("writing over an object that must not be there: status %d", got)
	}
	_, err = b.client.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: aws.String("other")})
	if code := apiCode(t, err); code != "BucketNotEmpty" {
		t.Errorf("code %s", code)
	}
	must(b.client.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: aws.String("other"), Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: put.Key}}}}))(t)
	must(b.client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("other"), Key: aws.String("copy")}))(t)
	must(b.client.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: aws.String("other")}))(t)
	buckets := must(b.client.ListBuckets(t.Context(), &s3.ListBucketsInput{}))(t).Buckets
	if len(buckets) != 1 || *buckets[0].Name != "bucket" || !buckets[0].CreationDate.Equal(epoch()) {
		t.Errorf("buckets: %+v", buckets)
	}
	want := map[string]int{
		"CreateBucket": 1, "PutObject": 3, "ListObjectsV2": 1, "DeleteBucket": 2, "DeleteObjects": 1, "DeleteObject": 1, "ListBuckets": 1,
	}
	if diff := cmp.Diff(want, b.server.Calls()); diff != "" {
		t.Error(diff)
	}
}

func TestListingPagesAndPrefixes(t *testing.T) {
	b := newBucket(t)
	for _, key := range []string{"a/1", "a/2", "a/3", "ab/1", "b", "b/", "b/1", "c/1", "c/2", "d"} {
		b.put(key, "x", epoch())
	}
	for _, c := range []struct {
		prefix, delimiter, after string
		max                      int32
		want                     string
	}{
		{max: 1000, want: "a/1 a/2 a/3 ab/1 b b/ b/1 c/1 c/2 d"},
		{max: 3, want: "a/1 a/2 a/3|ab/1 b b/|b/1 c/1 c/2|d"},
		{prefix: "a", max: 2, want: "a/1 a/2|a/3 ab/1"},
		{prefix: "a/", max: 3, want: "a/1 a/2 a/3"},
		{prefix: "x", max: 3, want: ""},
		{delimiter: "/", max: 1000, want: "b d [a/] [ab/] [b/] [c/]"},
		{delimiter: "/", max: 1, want: "[a/]|[ab/]|b|[b/]|[c/]|d"},
		{prefix: "a", delimiter: "/", max: 10, want: "[a/] [ab/]"},
		{prefix: "b/", delimiter: "/", max: 10, want: "b/ b/1"},
		{after: "a/2", max: 4, want: "a/3 ab/1 b b/|b/1 c/1 c/2 d"},
		{after: "a/25", max: 2, prefix: "a/", want: "a/3"},
		{after: "zz", max: 2, want: ""},
		{after: "a/2", delimiter: "/", max: 2, want: "[a/] [ab/]|b [b/]|d [c/]"},
	} {
		in := &s3.ListObjectsV2Input{Bucket: aws.String("bucket"), MaxKeys: &c.max}
		if c.prefix != "" {
			in.Prefix = &c.prefix
		}
		if c.delimiter != "" {
			in.Delimiter = &c.delimiter
		}
		if c.after != "" {
			in.StartAfter = &c.after
		}
		var pages []string
		for {
			out := must(b.client.ListObjectsV2(t.Context(), in))(t)
			var items []string
			for _, o := range out.Contents {
				items = append(items, *o.Key)
			}
			for _, p := range out.CommonPrefixes {
				items = append(items, "["+*p.Prefix+"]")
			}
			pages = append(pages, strings.Join(items, " "))
			if !aws.ToBool(out.IsTruncated) {
				break
			}
			in.ContinuationToken = out.NextContinuationToken
		}
		if got := strings.Join(pages, "|"); got != c.want {
			t.Errorf("prefix %q delimiter %q after %q max %d: %s, want %s", c.prefix, c.delimiter, c.after, c.max, got, c.want)
		}
	}
}

func TestLateObjects(t *testing.T) {
	b := newBucket(t)
	b.server.Hide("bucket", "p/2")
	for i := range 4 {
		b.put(fmt.Sprintf("p/%d", i), "x", epoch().Add(time.Duration(i)*time.Minute))
	}
	if diff := cmp.Diff([]string{"p/0", "p/1", "p/3"}, b.list("p/")); diff != "" {
		t.Error(diff)
	}
	_, err := b.get("p/2")
	noSuchKey(t, err)
	b.server.Show("bucket", "p/2")
	if diff := cmp.Diff([]string{"p/0", "p/1", "p/2", "p/3"}, b.list("p/")); diff != "" {
		t.Error(diff)
	}
	must(b.get("p/2"))(t)
	if err := b.server.Delete("bucket", "p/0"); err != nil {
		t.Fatal(err)
	}
	if err := b.server.Delete("bucket", "p/0"); err != nil {
		t.Errorf("deleting what is not there: %v", err)
	}
	if diff := cmp.Diff([]string{"p/1", "p/2", "p/3"}, b.list("p/")); diff != "" {
		t.Error(diff)
	}
}

func TestS3Refuses(t *testing.T) {
	b := newBucket(t)
	if err := b.server.CreateBucket("bucket"); err == nil {
		t.Error("a bucket was created twice")
	}
	if err := b.server.CreateBucket("No Bucket"); err == nil {
		t.Error("a bucket with an impossible name was created")
	}
	if err := b.server.Put("none", "k", nil, epoch()); err == nil || !strings.Contains(err.Error(), "s3://none/k") {
		t.Errorf("put in no bucket: %v", err)
	}
	if err := b.server.Delete("none", "k"); err == nil {
		t.Error("deleted from no bucket")
	}
	b.server.Hide("none", "k") // there is nothing to hide
}

func BenchmarkPutObjects(b *testing.B) {
	body := bytes.Repeat([]byte("x"), 1000)
	for b.Loop() {
		server := emulator.NewS3(emulator.S3Options{})
		if err := server.CreateBucket("bucket"); err != nil {
			b.Fatal(err)
		}
		for i := range 10_000 {
			// Not in the order of keys, as a simulation of several writers puts them.
			if err := server.Put("bucket", fmt.Sprintf("%05d", i*7919%10_000), body, epoch()); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/object")
}

func TestS3CallsAreNamedAsTheSDKDoes(t *testing.T) {
	for request, want := range map[string]string{
		"GET /":                       "ListBuckets",
		"HEAD /bucket":                "HeadBucket",
		"PUT /bucket":                 "CreateBucket",
		"DELETE /bucket/":             "DeleteBucket",
		"POST /bucket?delete":         "DeleteObjects",
		"GET /bucket":                 "ListObjects",
		"GET /bucket?list-type=2":     "ListObjectsV2",
		"GET /bucket/?list-type=2":    "ListObjectsV2",
		"GET /bucket?location":        "GetBucketLocation",
		"GET /bucket?versioning":      "GetBucketVersioning",
		"GET /bucket?versions":        "ListObjectVersions",
		"GET /bucket?uploads":         "ListMultipartUploads",
		"GET /bucket/a/b":             "GetObject",
		"HEAD /bucket/a/b":            "HeadObject",
		"PUT /bucket/a/b":             "PutObject",
		"DELETE /bucket/a/b":          "DeleteObject",
		"POST /bucket/a/b?uploads":    "CreateMultipartUpload",
		"PUT /bucket/a/b?uploadId=1":  "UploadPart",
		"GET /bucket/a/b?uploadId=1":  "ListParts",
		"POST /bucket/a/b?uploadId=1": "CompleteMultipartUpload",
		"DELETE /bucket/a?uploadId=1": "AbortMultipartUpload",
		"PATCH /bucket/a":             "Unknown",
	} {
		server := emulator.NewS3(emulator.S3Options{})
		if err := server.CreateBucket("bucket"); err != nil {
			t.Fatal(err)
		}
		method, path, _ := strings.Cut(request, " ")
		server.Inject(emulator.Fault{Op: want, Kind: emulator.Deny}) // so that each is known by its name to faults, too
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if diff := cmp.Diff(map[string]int{want: 1}, server.Calls()); diff != "" {
			t.Errorf("%s: %s", request, diff)
		}
		if w.Code != http.StatusForbidden {
			t.Errorf("%s: status %d, want that of the fault", request, w.Code)
		}
	}
}
