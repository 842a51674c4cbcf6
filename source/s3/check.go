package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/dustin/go-humanize"

	"taudit/source"
	"taudit/source/credentials"
)

var _ source.Checker = Check

// Check is the [source.Checker] of buckets.
func Check(ctx context.Context, ref string, o source.Options, tell func(source.Step)) {
	wrong := func(what string, err error) {
		tell(source.Step{What: what, Verdict: source.Wrong, Found: err.Error()})
	}
	const configuration = "configuration"
	bucket, prefix, err := ParseRef(ref)
	if err != nil {
		wrong(configuration, err)
		return
	}
	cfg, err := credentials.Load(ctx, o)
	note := ""
	if errors.Is(err, credentials.ErrNoRegion) {
		note = " to begin with, since none is configured"
		o.Region = "us-east-1"
		cfg, err = credentials.Load(ctx, o)
	}
	if err != nil {
		wrong(configuration, err)
		return
	}
	tell(source.Step{What: configuration, Found: "bucket " + bucket + ", region " + cfg.Region + note})
	who, err := credentials.Who(ctx, cfg, o)
	if err != nil {
		wrong("credentials", err)
		return
	}
	tell(source.Step{What: "credentials", Found: who})
	client, release := NewClient(cfg)
	defer release()
	key := Examine(ctx, client, bucket, prefix, tell)
	if !o.Health {
		return
	}
	w := newWriter()
	w.note(key)
	about := newDescription(cfg, o.Firehose, w)
	about.patience = 0
	for _, f := range about.describe(ctx) {
		tell(f.Step())
	}
}

// Examine makes the calls that reading a bucket needs, as small as can be, and tells how they went: it lists one key and reads the first bytes
// of that object. It never asks for the bucket itself (HeadBucket), which reading does not need and a least policy does not allow. It gives the
// key of the object, if there is one.
func Examine(ctx context.Context, api API, bucket, prefix string, tell func(source.Step)) (key string) {
	e := &examination{caller: &caller{api: api, bucket: bucket, timeout: 20 * time.Second}, prefix: prefix, tell: tell}
	o, ok := e.list(ctx)
	if ok {
		e.read(ctx, o)
	}
	return o.key
}

// examination is one bucket that is being examined.
type examination struct {
	*caller
	prefix string
	tell   func(source.Step)
}

// firstBytes is how much of an object is read.
const firstBytes = 1024

// list asks for one key, and gives an object without one if there is none.
func (e *examination) list(ctx context.Context) (object, bool) {
	in := &s3.ListObjectsV2Input{Bucket: &e.bucket, Prefix: &e.prefix, MaxKeys: aws.Int32(1), EncodingType: types.EncodingTypeUrl}
	where := ""
	out, err := e.listOnce(ctx, in)
	if err != nil && listFailure(err) == elsewhere {
		region := regionOf(err)
		e.region.Store(&region)
		where = ", in region " + region
		out, err = e.listOnce(ctx, in)
	}
	switch {
	case err != nil && listFailure(err) == missing:
		e.tell(source.Step{What: actionList, Verdict: source.Wrong, Found: noBucket(e.bucket, err).Error()})
		return object{}, false
	case err != nil && listFailure(err) == throttled:
		e.tell(source.Step{What: actionList, Verdict: source.Noted, Found: "allowed, but S3 asks to slow down now; taudit waits when it is told to"})
		return object{}, true
	case err != nil:
		e.wrong(actionList, err)
		return object{}, false
	case len(out.Contents) == 0:
		e.tell(source.Step{
			What: actionList, Verdict: source.Noted,
			Found: "allowed, but there is nothing below " + reference(e.bucket, e.prefix) + " yet" + where + ": check the prefix",
		})
		return object{}, true
	}
	first := out.Contents[0]
	o := object{key: aws.ToString(first.Key), size: aws.ToInt64(first.Size)}
	if out.EncodingType == types.EncodingTypeUrl {
		if plain, err := url.QueryUnescape(o.key); err == nil {
			o.key = plain
		}
	}
	e.tell(source.Step{What: actionList, Found: "allowed" + where + "; the first key is " + o.key})
	return o, true
}

func (e *examination) listOnce(ctx context.Context, in *s3.ListObjectsV2Input) (*s3.ListObjectsV2Output, error) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	out, err := e.api.ListObjectsV2(ctx, in, e.inRegion)
	return out, timedOut(ctx, err)
}

// nowhere is a key that no object has. Asking for it tells by the error whether reading is allowed: to who may list, one that is not there
// is not found, and one that may not be read is denied.
const nowhere = "taudit-check-asks-for-what-is-not-there"

// read asks for the first bytes of an object.
func (e *examination) read(ctx context.Context, o object) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	in := &s3.GetObjectInput{Bucket: &e.bucket, Key: &o.key}
	if o.key == "" {
		in.Key = aws.String(e.prefix + nowhere)
	}
	if o.size > 0 {
		in.Range = aws.String(fmt.Sprintf("bytes=0-%d", firstBytes-1))
	}
	n := int64(0)
	out, err := e.api.GetObject(ctx, in, e.inRegion)
	if err == nil {
		n, err = io.Copy(io.Discard, io.LimitReader(out.Body, firstBytes))
		_ = out.Body.Close() // what is left of it is not wanted
	}
	err = timedOut(ctx, err)
	step := source.Step{What: actionGet}
	switch {
	case err == nil:
		step.Found = fmt.Sprintf("allowed, tried on the first %s of %s", humanize.Bytes(uint64(n)), aws.ToString(in.Key))
		if o.size == 0 {
			step.Found = "allowed, tried on " + aws.ToString(in.Key) + ", which is empty"
		}
	case codeOf(err) == "NoSuchKey" && o.key == "":
		step.Found = "allowed, tried on an object that is not there"
	case codeOf(err) == "NoSuchKey":
		step.Verdict, step.Found = source.Noted, "allowed, but "+o.key+" was deleted before it was read"
	case codeOf(err) == "InvalidObjectState":
		step.Verdict = source.Noted
		step.Found = "allowed, but the first object is archived (storage class Glacier or Deep Archive): what is archived is counted and left out"
	case commonFailure(err) == throttled:
		step.Verdict, step.Found = source.Noted, "S3 asks to slow down now; taudit waits when it is told to"
	default:
		e.wrong(actionGet, err)
		return
	}
	e.tell(step)
}

// wrong tells of a call that failed.
func (e *examination) wrong(action string, err error) {
	step := source.Step{What: action, Verdict: source.Wrong, Found: credentials.Explain(err, action).Error()}
	if credentials.Denied(err) {
		step.Next = "taudit policy " + reference(e.bucket, e.prefix) + " prints a policy that allows what is needed"
	}
	e.tell(step)
}
