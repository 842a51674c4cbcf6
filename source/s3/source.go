// Package s3 reads audit log entries from an S3 bucket, as Amazon Data Firehose writes them there or as anybody has copied
// them. It only lists and gets objects: s3:ListBucket on the prefix and s3:GetObject below it are all it needs.
//
// Objects are read newest first, so that what is shown fills from the present backwards, and as many at once as there is memory
// for. Where folders are dated (2026/11/22/10/, Firehose's own layout; 2026-11-22/; dt=2026-11-22/hour=10/; year=2026/month=11/day=22/;
// and others, below folders that are not) only the days and hours that are asked for are listed; elsewhere everything below
// the prefix is listed and old objects are left out by their time of modification.
//
// Such a bucket is followed by listing what lies behind the hour two hours ago, and now and then behind that of a day ago:
// objects appear late, under the hour of their oldest record, when Firehose had trouble. An object that appears more than a
// day late in an old folder is not found while following, only by reading again.
package s3

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"taudit/source"
	"taudit/source/credentials"
)

// API is what is used of the SDK's client. Any number of goroutines call it at once.
type API interface {
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

var _ API = (*s3.Client)(nil)

// Config tunes a source. Zero values stand for the defaults, which suit AWS.
type Config struct {
	Workers     int           // objects that are under way at once, if there is memory for them; default 32
	Memory      int64         // bytes of objects that are held at once; a zip file larger than this cannot be read; default 128 MiB
	Poll        time.Duration // between two looks for new objects; default 30 s, and longer where looking takes long
	Sweep       time.Duration // between two looks for objects that appeared up to a day late, and for new folders; default 10 min
	Timeout     time.Duration // for an answer to begin, and between two pieces of it; default 60 s
	FirstRetry  time.Duration // the first wait after a failed call, doubled up to 30 s with each failure in a row; default 500 ms
	GiveUp      time.Duration // how long calls may fail without a success before a source that does not follow ends; default 2 min
	MaxUnpacked int64         // bytes that may come out of one object, which bounds time and not memory; default 8 GiB
}

const defaultWorkers = 32

func (c Config) withDefaults() Config {
	c.Workers = cmp.Or(c.Workers, defaultWorkers)
	c.Memory = cmp.Or(c.Memory, 128<<20)
	c.Poll = cmp.Or(c.Poll, 30*time.Second)
	c.Sweep = cmp.Or(c.Sweep, 10*time.Minute)
	c.Timeout = cmp.Or(c.Timeout, time.Minute)
	c.FirstRetry = cmp.Or(c.FirstRetry, 500*time.Millisecond)
	c.GiveUp = cmp.Or(c.GiveUp, 2*time.Minute)
	c.MaxUnpacked = cmp.Or(c.MaxUnpacked, 8<<30)
	return c
}

// Source reads the objects below one prefix of a bucket. It implements [source.Source].
type Source struct {
	api            API
	bucket, prefix string
	name           string
	options        source.Options
	config         Config
	release        func() // closes idle connections; may be nil
	writer         *writer
	about          *description // nil: nothing is asked for that reading does not need
	bell           *source.Bell // ends waits after failures
}

var (
	_ source.Source  = (*Source)(nil)
	_ source.Retrier = (*Source)(nil)
)

// Retry is that of [source.Retrier].
func (s *Source) Retry() { s.bell.Ring() }

// New makes a source that reads through api, which must not retry by itself: waiting is the source's business, which says so in
// its status. [NewClient] makes such a client. Of o, Since, Until, Latest, TrimHorizon, Follow and Log are used.
//
// Without TrimHorizon, Since and Until choose among objects: by the date in the key, an hour either side, where keys are ordered
// by time, since an object is named for its oldest record; else objects modified before Since are left out. With Latest, only
// objects that appear after the first listing are read.
func New(api API, bucket, prefix string, o source.Options, c Config) *Source {
	return &Source{
		api: api, bucket: bucket, prefix: prefix, name: reference(bucket, prefix), options: o, config: c.withDefaults(),
		writer: newWriter(), bell: new(source.Bell),
	}
}

// Open makes the source of s3://BUCKET/PREFIX; see [ParseRef]. It is a [source.Opener].
func Open(ctx context.Context, ref string, o source.Options) ([]source.Source, error) {
	bucket, prefix, err := ParseRef(ref)
	if err != nil {
		return nil, err
	}
	cfg, err := credentials.Load(ctx, o)
	if errors.Is(err, credentials.ErrNoRegion) {
		// S3 knows where its buckets are: asked in any region it names the right one, and the source then goes there.
		o.Region = "us-east-1"
		cfg, err = credentials.Load(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	client, release := NewClient(cfg)
	s := New(client, bucket, prefix, o, Config{})
	s.release = release
	if o.Health {
		s.about = newDescription(cfg, o.Firehose, s.writer)
	}
	return []source.Source{s}, nil
}

// Name is s3://BUCKET/PREFIX.
func (s *Source) Name() string { return s.name }
