package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// The IAM actions that are needed, as errors name them.
const (
	actionList = "s3:ListBucket"
	actionGet  = "s3:GetObject"
)

// NewClient makes a client that [New] takes: it never retries by itself, and where the configuration names an endpoint it puts the
// bucket into the path, which every server understands. It has connections of its own; release closes the idle ones and may
// be called at any time.
func NewClient(cfg aws.Config) (client *s3.Client, release func()) {
	release = func() {}
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = awshttp.NewBuildableClient()
	}
	if b, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		// Connections are kept for as many objects as are fetched at once, and not opened anew for each.
		frozen := b.WithTransportOptions(func(t *http.Transport) { t.MaxIdleConnsPerHost = 2 * defaultWorkers }).Freeze()
		cfg.HTTPClient = frozen
		if c, ok := frozen.(*http.Client); ok {
			release = c.CloseIdleConnections
		}
	}
	client = s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.Retryer = aws.NopRetryer{}
		o.UsePathStyle = o.BaseEndpoint != nil
		// Firehose writes objects without a checksum; the SDK would warn of each.
		o.DisableLogOutputChecksumValidationSkipped = true
	})
	return client, release
}

// caller makes the calls for one bucket, each with a limit in time because the SDK has no read timeout.
type caller struct {
	api     API
	bucket  string
	timeout time.Duration
	// region is where the bucket turned out to be, when that is not where the client looks.
	region atomic.Pointer[string]
}

// inRegion is an option for a call.
func (c *caller) inRegion(o *s3.Options) {
	if r := c.region.Load(); r != nil {
		o.Region = *r
	}
}

// object is one object as a listing tells of it.
type object struct {
	key      string
	size     int64
	etag     string
	modified time.Time

	at     time.Time // what is known of its time, in the zone of its key
	named  bool      // by the name that Firehose gave it
	folder span      // of the dated folder that it is in
	began  time.Time // when its oldest entry arrived, or before that; zero when its key does not tell

	turn  int  // its place among those that were found
	fresh bool // it appeared after the first listing
}

// query is what to list.
type query struct {
	prefix     string
	after      string // only keys behind this one
	byFolder   bool   // one level only: what lies deeper is given as folders
	pageMarker string // where the page before ended
}

// page is one answer to a query.
type page struct {
	objects []object
	folders []string
	next    string // the marker of the next page; empty: there is none
}

func (c *caller) list(ctx context.Context, q query) (page, error) {
	in := &s3.ListObjectsV2Input{Bucket: &c.bucket, EncodingType: types.EncodingTypeUrl}
	optional := func(to **string, value string) {
		if value != "" {
			*to = &value
		}
	}
	optional(&in.Prefix, q.prefix)
	optional(&in.StartAfter, q.after)
	optional(&in.ContinuationToken, q.pageMarker)
	if q.byFolder {
		in.Delimiter = aws.String("/")
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	out, err := c.api.ListObjectsV2(ctx, in, c.inRegion)
	if err != nil {
		return page{}, fmt.Errorf("listing %s: %w", reference(c.bucket, q.prefix), timedOut(ctx, err))
	}
	// Keys may hold what XML cannot, so they are asked for in the encoding of URLs; not every server does that.
	decode := func(s *string) string {
		if out.EncodingType == types.EncodingTypeUrl {
			if plain, err := url.QueryUnescape(aws.ToString(s)); err == nil {
				return plain
			}
		}
		return aws.ToString(s)
	}
	p := page{objects: make([]object, 0, len(out.Contents))}
	for _, o := range out.Contents {
		p.objects = append(p.objects, object{
			key: decode(o.Key), size: aws.ToInt64(o.Size), etag: aws.ToString(o.ETag), modified: aws.ToTime(o.LastModified),
		})
	}
	for _, f := range out.CommonPrefixes {
		p.folders = append(p.folders, decode(f.Prefix))
	}
	if aws.ToBool(out.IsTruncated) {
		p.next = aws.ToString(out.NextContinuationToken)
	}
	return p, nil
}

// get opens an object. With an etag, only if it still has that one. The body has to be closed.
func (c *caller) get(ctx context.Context, key, etag string) (*body, error) {
	in := &s3.GetObjectInput{Bucket: &c.bucket, Key: &key}
	if etag != "" {
		in.IfMatch = &etag
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.timeout, func() { cancel(errLate) })
	out, err := c.api.GetObject(ctx, in, c.inRegion)
	timer.Stop()
	if err != nil {
		err = fmt.Errorf("reading %s: %w", reference(c.bucket, key), timedOut(ctx, err))
		cancel(nil)
		return nil, err
	}
	b := &body{
		in: out.Body, etag: aws.ToString(out.ETag), size: -1, timeout: c.timeout, late: ctx, cancel: cancel,
	}
	if out.ContentLength != nil {
		b.size = *out.ContentLength
	}
	return b, nil
}

// errLate is why a call was cancelled that took too long.
var errLate = errors.New("no answer in time")

// timeoutError is a call that ran out of time. The SDK calls that cancelled, which it must not be taken for.
type timeoutError struct{ error }

func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// timedOut is err, unless ctx says that the call took too long.
func timedOut(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause == errLate || cause == context.DeadlineExceeded {
		return timeoutError{err}
	}
	return err
}
