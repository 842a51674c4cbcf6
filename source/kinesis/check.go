package kinesis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/dustin/go-humanize"

	"taudit/source"
	"taudit/source/cloudwatch"
	"taudit/source/credentials"
)

// ExaminedAPI is what is used of the SDK's client to examine a stream.
type ExaminedAPI interface {
	API
	DescribeStreamSummary(context.Context, *kinesis.DescribeStreamSummaryInput, ...func(*kinesis.Options)) (*kinesis.DescribeStreamSummaryOutput, error)
}

var (
	_ ExaminedAPI    = (*Client)(nil)
	_ source.Checker = Check
)

// actionSummary is asked for when a stream is examined, and not needed.
const actionSummary = "kinesis:DescribeStreamSummary"

// Check is the [source.Checker] of streams.
func Check(ctx context.Context, text string, o source.Options, tell func(source.Step)) {
	const what = "configuration"
	ref, err := ParseRef(text)
	if err != nil {
		tell(source.Step{What: what, Verdict: source.Wrong, Found: err.Error()})
		return
	}
	o.Region = cmp.Or(o.Region, ref.Region)
	cfg, err := credentials.Load(ctx, o)
	if err != nil {
		tell(source.Step{What: what, Verdict: source.Wrong, Found: err.Error()})
		return
	}
	ref.Region = cfg.Region
	tell(source.Step{What: what, Found: "stream " + ref.Name + ", region " + cfg.Region})
	who, err := credentials.Who(ctx, cfg, o)
	if err != nil {
		tell(source.Step{What: "credentials", Verdict: source.Wrong, Found: err.Error()})
		return
	}
	tell(source.Step{What: "credentials", Found: who})
	Examine(ctx, NewClient(cfg), ref, o, tell)
	if o.Health {
		for _, f := range measure(ctx, cloudwatch.NewClient(cfg), &credentials.Permits{}, ref.Name, 0) {
			tell(f.Step())
		}
	}
}

// Examine makes the calls that reading a stream needs, once each, and tells how they went: it reads one record at most. It uses of o
// where reading is to start, and the consumers.
func Examine(ctx context.Context, api ExaminedAPI, ref Ref, o source.Options, tell func(source.Step)) {
	e := &examination{caller: caller{api: api, ref: ref, timeout: 20 * time.Second}, api: api, options: o, tell: tell}
	shard, ok := e.shards(ctx)
	encrypted := e.summary(ctx)
	if ok && shard != "" {
		e.reading(ctx, shard, encrypted)
		e.listening(ctx, shard)
	}
}

// examination is one stream that is being examined.
type examination struct {
	caller
	api     ExaminedAPI
	options source.Options
	tell    func(source.Step)
}

// shards lists them as reading does, and gives one that is open.
func (e *examination) shards(ctx context.Context) (open string, ok bool) {
	_, filter := beginning(e.options, time.Now())
	shards, _, err := e.list(ctx, filter)
	if err != nil && isInvalid(err) && filter.Timestamp != nil {
		shards, _, err = e.list(ctx, &types.ShardFilter{Type: types.ShardFilterTypeFromTrimHorizon})
	}
	if err != nil {
		e.wrong(actionList, err)
		return "", false
	}
	n := 0
	for i := range shards {
		if r := shards[i].SequenceNumberRange; r == nil || aws.ToString(r.EndingSequenceNumber) == "" {
			open = aws.ToString(shards[i].ShardId)
			n++
		}
	}
	step := source.Step{What: actionList, Found: fmt.Sprintf("%d shards to read, %d of them open", len(shards), n)}
	if open == "" {
		step.Verdict = source.Noted
		step.Found += "; the other permissions can be examined when there is an open one"
	}
	e.tell(step)
	return open, true
}

// summary describes the stream, and tells whether its records are encrypted with a key of the account's own, or may be.
func (e *examination) summary(ctx context.Context) (encrypted bool) {
	in := &kinesis.DescribeStreamSummaryInput{}
	in.StreamName, in.StreamARN = e.names()
	out, err := call(ctx, e.timeout, in, e.api.DescribeStreamSummary)
	if err != nil || out.StreamDescriptionSummary == nil {
		if err == nil {
			err = errors.New("the answer is empty")
		}
		e.tell(source.Step{
			What: actionSummary, Verdict: source.Noted,
			Found: "not known, and not needed to read: how the stream is set up (" + e.explain(err, actionSummary).Error() + ")",
		})
		return true
	}
	s := out.StreamDescriptionSummary
	found := "on demand"
	if s.StreamModeDetails == nil || s.StreamModeDetails.StreamMode != types.StreamModeOnDemand {
		found = "provisioned"
	}
	found += fmt.Sprintf(", %d open shards, keeps %s", aws.ToInt32(s.OpenShardCount), retention(aws.ToInt32(s.RetentionPeriodHours)))
	key := aws.ToString(s.KeyId)
	switch {
	case s.EncryptionType != types.EncryptionTypeKms:
		found += ", not encrypted with KMS"
	case key == "alias/aws/kinesis":
		found += ", encrypted with the key of AWS"
	default:
		encrypted = true
		found += ", encrypted with " + key
	}
	verdict := source.Right
	if s.StreamStatus != types.StreamStatusActive && s.StreamStatus != types.StreamStatusUpdating {
		found += "; it is " + string(s.StreamStatus)
		verdict = source.Noted
	}
	e.tell(source.Step{What: actionSummary, Verdict: verdict, Found: found})
	return encrypted
}

func retention(hours int32) string {
	if hours%24 == 0 && hours > 24 {
		return fmt.Sprintf("%s days", humanize.Comma(int64(hours/24)))
	}
	return fmt.Sprintf("%d hours", hours)
}

// reading asks for an iterator and for a record. The iterator is a real one, since without one GetRecords cannot be tried; it reads nothing.
// Dry runs are limited to one a second for each stream, and do not find out about the key of an encrypted stream:
// https://docs.aws.amazon.com/streams/latest/dev/kds-dryrun-validation.html.
func (e *examination) reading(ctx context.Context, shard string, encrypted bool) {
	iterator, _, err := e.iterator(ctx, shard, horizon())
	if err != nil {
		e.wrong(actionIterator, err)
		return
	}
	e.tell(source.Step{What: actionIterator, Found: "allowed, tried on " + shard})

	in := &kinesis.GetRecordsInput{ShardIterator: &iterator, Limit: aws.Int32(1), DryRun: aws.Bool(true)}
	if e.ref.ARN != "" {
		in.StreamARN = &e.ref.ARN
	}
	out, err := call(ctx, e.timeout, in, e.api.GetRecords)
	dry := errors.As(err, new(*types.DryRunOperationException))
	switch {
	case dry:
		e.tell(source.Step{What: actionRecords, Found: "allowed, by a dry run that read nothing"})
	case err == nil:
		e.tell(source.Step{What: actionRecords, Found: fmt.Sprintf("allowed, tried for one record: %d came", len(out.Records))})
	case credentials.Throttled(err):
		e.tell(source.Step{
			What: actionRecords, Verdict: source.Noted,
			Found: "allowed, but others use up the shard's limit of reads now: taudit waits its turn (" + e.explain(err, "").Error() + ")",
		})
	default:
		e.wrong(actionRecords, err)
		return
	}
	if dry && encrypted {
		e.decryption(ctx, in)
	}
}

// listening asks for a subscription if reading is to use a consumer. What is refused is polled, so that nothing is wrong.
func (e *examination) listening(ctx context.Context, shard string) {
	consumer, err := e.ref.consumerFor(e.options.Consumers)
	if err != nil {
		e.tell(source.Step{What: actionListen, Verdict: source.Wrong, Found: err.Error()})
		return
	}
	if consumer == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	sub, _, err := e.api.Subscribe(ctx, &kinesis.SubscribeToShardInput{
		ConsumerARN: &consumer, ShardId: &shard, DryRun: aws.Bool(true),
		StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeLatest},
	})
	step := source.Step{What: actionListen, Found: "allowed"}
	switch {
	case err == nil:
		_ = sub.Close() // it was not meant to begin
	case errors.As(err, new(*types.DryRunOperationException)):
		step.Found += ", by a dry run"
	case errors.As(err, new(*types.ResourceInUseException)):
		step.Verdict, step.Found = source.Noted, "allowed, but another reader subscribes with "+consumer+" now; if it goes on to, shards are polled"
	default:
		step.Verdict, step.Found = source.Noted, "shards will be polled: "+e.explain(err, actionListen).Error()
		if isNotFound(err) {
			step.Found = "shards will be polled: " + consumer + " was not found"
			step.Next = "aws kinesis list-stream-consumers shows those that are registered"
		} else if credentials.Denied(err) {
			step.Next = "taudit policy " + cmp.Or(e.ref.ARN, Scheme+e.ref.Name) + " --consumer-arn " + consumer + " prints a policy that allows it"
		}
	}
	e.tell(step)
}

// decryption reads one record of a stream that is encrypted with a key of its own.
func (e *examination) decryption(ctx context.Context, in *kinesis.GetRecordsInput) {
	const what = "kms:Decrypt"
	in.DryRun = nil
	out, err := call(ctx, e.timeout, in, e.api.GetRecords)
	switch {
	case err == nil && len(out.Records) > 0:
		e.tell(source.Step{What: what, Found: "allowed or not needed, tried on one record"})
	case err == nil:
		e.tell(source.Step{What: what, Verdict: source.Noted, Found: "not known: no record came to be decrypted"})
	case credentials.Throttled(err):
		e.tell(source.Step{What: what, Verdict: source.Noted, Found: "not known: " + e.explain(err, "").Error()})
	default:
		e.wrong(what, err)
	}
}

// wrong tells of a call that failed.
func (e *examination) wrong(action string, err error) {
	step := source.Step{What: action, Verdict: source.Wrong, Found: e.explain(err, action).Error()}
	if credentials.Denied(err) {
		step.Next = "taudit policy " + cmp.Or(e.ref.ARN, Scheme+e.ref.Name) + " prints a policy that allows what is needed"
	}
	e.tell(step)
}
