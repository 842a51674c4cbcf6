package s3_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"taudit/source"
	"taudit/source/s3"
)

// fake is a bucket without a network, for tests whose clock must stand still.
type fake struct {
	mu      sync.Mutex
	objects map[string]fakeObject
	asked   []asked

	// Both may be set to answer instead; false: the fake answers.
	list func(in *sdk.ListObjectsV2Input) (*sdk.ListObjectsV2Output, error, bool)
	get  func(in *sdk.GetObjectInput) (*sdk.GetObjectOutput, error, bool)
}

type fakeObject struct {
	body     string
	modified time.Time
}

// asked is one call that was made.
type asked struct {
	at    time.Time
	get   string // the key
	list  string // the prefix
	after string
}

func (f *fake) put(key, body string, modified time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.objects == nil {
		f.objects = map[string]fakeObject{}
	}
	f.objects[key] = fakeObject{body, modified}
}

func (f *fake) calls() []asked {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

// ListObjectsV2 gives all in one page, with keys as URLs have them.
func (f *fake) ListObjectsV2(ctx context.Context, in *sdk.ListObjectsV2Input, _ ...func(*sdk.Options)) (*sdk.ListObjectsV2Output, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, asked{at: time.Now(), list: aws.ToString(in.Prefix), after: aws.ToString(in.StartAfter)})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if f.list != nil {
		if out, err, ok := f.list(in); ok {
			return out, err
		}
	}
	out := &sdk.ListObjectsV2Output{EncodingType: types.EncodingTypeUrl}
	seen := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(f.objects)) {
		rest, ok := strings.CutPrefix(key, aws.ToString(in.Prefix))
		if !ok || key <= aws.ToString(in.StartAfter) {
			continue
		}
		if head, _, ok := strings.Cut(rest, "/"); ok && in.Delimiter != nil {
			if folder := aws.ToString(in.Prefix) + head + "/"; !seen[folder] {
				seen[folder] = true
				out.CommonPrefixes = append(out.CommonPrefixes, types.CommonPrefix{Prefix: aws.String(url.QueryEscape(folder))})
			}
			continue
		}
		o := f.objects[key]
		out.Contents = append(out.Contents, types.Object{
			Key: aws.String(url.QueryEscape(key)), Size: aws.Int64(int64(len(o.body))), LastModified: &o.modified, ETag: aws.String(etag(o.body)),
		})
	}
	return out, nil
}

func etag(body string) string { return fmt.Sprintf("%q", fmt.Sprintf("%d-%.8s", len(body), body)) }

func (f *fake) GetObject(ctx context.Context, in *sdk.GetObjectInput, _ ...func(*sdk.Options)) (*sdk.GetObjectOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, asked{at: time.Now(), get: aws.ToString(in.Key)})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if f.get != nil {
		if out, err, ok := f.get(in); ok {
			return out, err
		}
	}
	o, ok := f.objects[aws.ToString(in.Key)]
	switch {
	case !ok:
		return nil, answer(http.StatusNotFound, "NoSuchKey")
	case in.IfMatch != nil && *in.IfMatch != etag(o.body):
		return nil, answer(http.StatusPreconditionFailed, "PreconditionFailed")
	}
	return opened(o.body, strings.NewReader(o.body)), nil
}

func opened(body string, in io.Reader) *sdk.GetObjectOutput {
	return &sdk.GetObjectOutput{Body: io.NopCloser(in), ContentLength: aws.Int64(int64(len(body))), ETag: aws.String(etag(body))}
}

// answer is an error as the SDK makes it of an answer.
func answer(status int, code string) error {
	return &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status, Header: http.Header{}}},
		Err:      &smithy.GenericAPIError{Code: code, Message: "because of a test"},
	}
}

func (f *fake) source(prefix string, o source.Options, c s3.Config) *s3.Source {
	if o.Log == nil {
		o.Log = quiet()
	}
	return s3.New(f, bucket, prefix, o, c)
}

// inBubble runs a test with a clock that only moves while all wait.
func inBubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(noon())) // a bubble begins in 2000, and the year before is none for keys
		f(t)
	})
}

// slowAPI is a bucket that takes its time to answer.
type slowAPI struct {
	*fake
	wait time.Duration
}

func (s *slowAPI) ListObjectsV2(ctx context.Context, in *sdk.ListObjectsV2Input, o ...func(*sdk.Options)) (*sdk.ListObjectsV2Output, error) {
	if err := s.sleep(ctx); err != nil {
		return nil, err
	}
	return s.fake.ListObjectsV2(ctx, in, o...)
}

func (s *slowAPI) GetObject(ctx context.Context, in *sdk.GetObjectInput, o ...func(*sdk.Options)) (*sdk.GetObjectOutput, error) {
	if err := s.sleep(ctx); err != nil {
		return nil, err
	}
	return s.fake.GetObject(ctx, in, o...)
}

func (s *slowAPI) sleep(ctx context.Context) error {
	select {
	case <-time.After(s.wait):
		return nil
	case <-ctx.Done():
		return &smithy.CanceledError{Err: ctx.Err()}
	}
}
