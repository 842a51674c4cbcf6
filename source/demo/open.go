package demo

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	s3api "github.com/aws/aws-sdk-go-v2/service/s3"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/kinesis"
	"taudit/source/s3"
)

// Scheme is how a reference to the embedded demonstration begins.
const Scheme = "demo:"

// Bucket is the bucket of the embedded demonstration, Region where it and the stream claim to be.
const (
	Bucket = "demo-audit"
	Region = "us-east-1"
)

// DefaultPace is the mean time between two bursts of new entries.
const DefaultPace = 4 * time.Second

// Config tunes the embedded demonstration. Zero values stand for defaults.
type Config struct {
	Seed    uint64           // of the account; one given in the reference goes before it
	Entries int              // of the history; default DefaultEntries
	Now     func() time.Time // the clock of the account and its servers, called from many goroutines; default time.Now
}

// Open is Opener for the default configuration.
func Open(ctx context.Context, ref string, o source.Options) ([]source.Source, error) {
	return Opener(Config{})(ctx, ref, o)
}

// Opener opens demo: or demo:SEED, the embedded demonstration: a Kinesis and an S3 server on loopback ports of their own,
// and two sources that read them over HTTP through the adapters that read AWS. Nothing of the machine's AWS configuration
// is used.
//
// The bucket holds DefaultDays of history, the stream the last 24 hours of it. When o.Follow is set, new entries are put on
// the stream in bursts, o.Pace apart in the mean (zero: DefaultPace, negative: never), and come to the bucket up to a minute
// later.
//
// Opening takes some milliseconds: the history is made in the background, and the sources wait for it. Servers and
// background work end with ctx; what goes wrong there makes the sources fail.
func Opener(c Config) source.Opener {
	return func(ctx context.Context, ref string, o source.Options) ([]source.Source, error) {
		s, streams, objects, err := c.open(ctx, ref, o)
		if err != nil {
			return nil, err
		}
		go s.perform(ctx)
		return []source.Source{
			&seat{
				Source: kinesis.New(streams, kinesis.Ref{Name: DefaultStream, Region: Region}, o),
				stage:  s, ready: s.streamFull,
			},
			&seat{
				Source: s3.New(objects, Bucket, "", o, s3.Config{Poll: 10 * time.Second}),
				stage:  s, ready: s.bucketFull,
			},
		}, nil
	}
}

// open starts the servers, which end with ctx, and makes clients for them. They are empty until the stage performs.
func (c Config) open(ctx context.Context, ref string, o source.Options) (*stage, *kinesis.Client, *s3api.Client, error) {
	seed, err := parseRef(ref, c.Seed)
	if err != nil {
		return nil, nil, nil, err
	}
	if c.Entries == 0 {
		c.Entries = DefaultEntries
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	pace := o.Pace
	switch {
	case !o.Follow || pace < 0:
		pace = 0
	case pace == 0:
		pace = DefaultPace
	}

	s, err := newStage(seed, c, pace)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("starting the demo account: %w", err)
	}
	stream, err := emulator.Serve(ctx, s.stream)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("starting the demo account's Kinesis server: %w", err)
	}
	bucket, err := emulator.Serve(ctx, s.bucket)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("starting the demo account's S3 server: %w", err)
	}

	// A client of our own: no proxy of the environment, and connections that end with ctx.
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	context.AfterFunc(ctx, transport.CloseIdleConnections)
	config := func(url string) aws.Config {
		return aws.Config{
			Region: Region, BaseEndpoint: &url, HTTPClient: &http.Client{Transport: transport},
			Credentials: credentials.NewStaticCredentialsProvider("demo", "demo", ""),
		}
	}
	objects, _ := s3.NewClient(config(bucket))
	return s, kinesis.NewClient(config(stream)), objects, nil
}

func parseRef(ref string, seed uint64) (uint64, error) {
	text, ok := strings.CutPrefix(ref, Scheme)
	if !ok {
		return 0, fmt.Errorf("%q is not a demo account: write %s or %sSEED", ref, Scheme, Scheme)
	}
	if text == "" {
		return seed, nil
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q does not name a demo account: the seed behind %s is a whole number, for example %s7", ref, Scheme, Scheme)
	}
	return seed, nil
}

// seat is a source that waits until the account is there.
type seat struct {
	source.Source
	stage *stage
	ready <-chan struct{}
}

// Describe is source.Describer's, once the account is there.
func (s *seat) Describe(ctx context.Context) source.Description {
	d, ok := s.Source.(source.Describer)
	if !ok {
		return source.Description{}
	}
	select {
	case <-s.ready:
		return d.Describe(ctx)
	case <-s.stage.broken:
	case <-ctx.Done():
	}
	return source.Description{}
}

// Run is source.Source's. It fails when the account does.
func (s *seat) Run(ctx context.Context, out chan<- source.Event) error {
	select {
	case out <- source.Event{Source: s.Name(), Status: &source.Status{Source: s.Name(), State: source.Connecting}}:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-s.ready:
	case <-s.stage.broken:
		return s.stage.err
	case <-ctx.Done():
		return ctx.Err()
	}

	// The sources end with what fills them: a demonstration in which nothing can happen any more should say so.
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	finished := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				finished <- fmt.Errorf("reading the demo account failed unexpectedly: %v", p)
			}
		}()
		finished <- s.Source.Run(inner, out)
	}()
	select {
	case err := <-finished:
		return err
	case <-s.stage.broken:
		cancel()
		<-finished
		return s.stage.err
	}
}
