package kinesis_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/kinesis"
)

// examined is an emulator whose stream has a key of its own, if it has one, and that may not know dry runs.
type examined struct {
	*kinesis.Client
	key     string
	undry   bool
	read    func() error // instead of reading for real
	summary error
}

func (e *examined) DescribeStreamSummary(ctx context.Context, in *sdk.DescribeStreamSummaryInput, o ...func(*sdk.Options)) (*sdk.DescribeStreamSummaryOutput, error) {
	out, err := e.Client.DescribeStreamSummary(ctx, in, o...)
	if e.summary != nil {
		return nil, e.summary
	}
	if err == nil && e.key != "" {
		out.StreamDescriptionSummary.EncryptionType, out.StreamDescriptionSummary.KeyId = types.EncryptionTypeKms, &e.key
	}
	return out, err
}

func (e *examined) GetRecords(ctx context.Context, in *sdk.GetRecordsInput, o ...func(*sdk.Options)) (*sdk.GetRecordsOutput, error) {
	copied := *in
	if e.undry {
		copied.DryRun = nil
	}
	if e.read != nil && copied.DryRun == nil {
		if err := e.read(); err != nil {
			return nil, err
		}
	}
	return e.Client.GetRecords(ctx, &copied, o...)
}

// serveExamined gives a server with a stream of two shards and one record, and a client of it.
func serveExamined(t *testing.T) (*emulator.Kinesis, string, *examined) {
	t.Helper()
	server := emulator.NewKinesis(emulator.KinesisOptions{})
	if err := server.CreateStream("audit", 2); err != nil {
		t.Fatal(err)
	}
	for i := range 20 { // some on each shard
		if _, _, err := server.Put("audit", fmt.Sprint(i), []byte(`{"operation":"UpdateUser"}`)); err != nil {
			t.Fatal(err)
		}
	}
	url, err := emulator.Serve(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	return server, url, &examined{Client: kinesis.NewClient(aws.Config{
		Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
	})}
}

// steps writes what was told, one step a line.
func steps(list []source.Step) string {
	var out strings.Builder
	for _, s := range list {
		fmt.Fprintf(&out, "%s %s: %s\n", s.Verdict, s.What, s.Found)
		if s.Next != "" {
			fmt.Fprintf(&out, "next: %s\n", s.Next)
		}
	}
	return out.String()
}

const (
	listed    = "ok kinesis:ListShards: 2 shards to read, 2 of them open\n"
	described = "ok kinesis:DescribeStreamSummary: provisioned, 2 open shards, keeps 24 hours, not encrypted with KMS\n"
	iterated  = "ok kinesis:GetShardIterator: allowed, tried on shardId-000000000001\n"
	tried     = "ok kinesis:GetRecords: allowed, by a dry run that read nothing\n"
	ask       = "next: taudit policy kinesis://audit prints a policy that allows what is needed\n"
)

func denied(action string) string {
	return "access denied: " + action + " is not allowed: ask for a policy that allows " + action + ", or use another --profile"
}

func TestExamine(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault emulator.Fault
		set   func(*examined)
		ref   kinesis.Ref
		want  string
		calls map[string]int
	}{
		{
			name: "all is well", ref: kinesis.Ref{Name: "audit"},
			want:  listed + described + iterated + tried,
			calls: map[string]int{"ListShards": 1, "DescribeStreamSummary": 1, "GetShardIterator": 1, "GetRecords": 1},
		},
		{
			name: "by its ARN", ref: kinesis.Ref{Name: "audit", ARN: "arn:aws:kinesis:us-east-1:123456789012:stream/audit"},
			want: listed + described + iterated + tried,
		},
		{
			name: "a server that knows no dry run", set: func(e *examined) { e.undry = true },
			want: listed + described + iterated + "ok kinesis:GetRecords: allowed, tried for one record: 1 came\n",
		},
		{
			name: "no such stream", ref: kinesis.Ref{Name: "audit-old", Region: "us-east-1"},
			want: `FAIL kinesis:ListShards: there is no Kinesis stream "audit-old" in region us-east-1 (the account of these credentials): check the name, --region and ` +
				"--profile; \"aws kinesis list-streams\" shows what is there\n" +
				"note kinesis:DescribeStreamSummary: not known, and not needed to read: how the stream is set up (kinesis:DescribeStreamSummary: " +
				"ResourceNotFoundException: Stream audit-old under account 123456789012 not found.)\n",
		},
		{
			name: "listing is denied", fault: emulator.Fault{Op: "ListShards", Kind: emulator.Deny},
			want: "FAIL kinesis:ListShards: " + denied("kinesis:ListShards") + "\n" + ask + described,
		},
		{
			name: "describing is denied", fault: emulator.Fault{Op: "DescribeStreamSummary", Kind: emulator.Deny},
			want: listed + "note kinesis:DescribeStreamSummary: not known, and not needed to read: how the stream is set up (" + denied("kinesis:DescribeStreamSummary") + ")\n" +
				iterated + tried + "ok kms:Decrypt: allowed or not needed, tried on one record\n",
		},
		{
			name: "an iterator is denied", fault: emulator.Fault{Op: "GetShardIterator", Kind: emulator.Deny},
			want: listed + described + "FAIL kinesis:GetShardIterator: " + denied("kinesis:GetShardIterator") + "\n" + ask,
		},
		{
			name: "records are denied", fault: emulator.Fault{Op: "GetRecords", Kind: emulator.Deny},
			want: listed + described + iterated + "FAIL kinesis:GetRecords: " + denied("kinesis:GetRecords") + "\n" + ask,
		},
		{
			name: "others read as much as they may", fault: emulator.Fault{Op: "GetRecords", Kind: emulator.Throttle},
			want: listed + described + iterated + "note kinesis:GetRecords: allowed, but others use up the shard's limit of reads now: taudit waits its turn " +
				"(AWS asks to slow down (ProvisionedThroughputExceededException): other readers may be using the same limit)\n",
		},
		{
			name: "expired credentials", fault: emulator.Fault{Kind: emulator.ExpiredToken},
			want: "FAIL kinesis:ListShards: the AWS credentials have expired: renew them (\"aws sso login\", or export new ones); reading goes on by itself when the profile has new ones\n" +
				"note kinesis:DescribeStreamSummary: not known, and not needed to read: how the stream is set up (the AWS credentials have expired: renew them " +
				"(\"aws sso login\", or export new ones); reading goes on by itself when the profile has new ones)\n",
		},
		{
			name: "a key of AWS", set: func(e *examined) { e.key = "alias/aws/kinesis" },
			want: listed + strings.Replace(described, "not encrypted with KMS", "encrypted with the key of AWS", 1) + iterated + tried,
		},
		{
			name: "a key of its own", set: func(e *examined) { e.key = "arn:aws:kms:us-east-1:1:key/x" },
			want: listed + strings.Replace(described, "not encrypted with KMS", "encrypted with arn:aws:kms:us-east-1:1:key/x", 1) + iterated + tried +
				"ok kms:Decrypt: allowed or not needed, tried on one record\n",
			calls: map[string]int{"ListShards": 1, "DescribeStreamSummary": 1, "GetShardIterator": 1, "GetRecords": 2},
		},
		{
			name: "a key that may not be used",
			set: func(e *examined) {
				e.key = "arn:aws:kms:us-east-1:1:key/x"
				e.read = func() error { return &types.KMSAccessDeniedException{Message: aws.String("no")} }
			},
			want: listed + strings.Replace(described, "not encrypted with KMS", "encrypted with arn:aws:kms:us-east-1:1:key/x", 1) + iterated + tried +
				"FAIL kms:Decrypt: " + denied("kms:Decrypt") + "\n" + ask,
		},
		{
			name: "a description that makes no sense", set: func(e *examined) { e.summary = &smithy.GenericAPIError{Code: "X", Message: "a\nb"} },
			want: listed + "note kinesis:DescribeStreamSummary: not known, and not needed to read: how the stream is set up (kinesis:DescribeStreamSummary: X: a b)\n" +
				iterated + tried + "ok kms:Decrypt: allowed or not needed, tried on one record\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, _, client := serveExamined(t)
			if c.fault != (emulator.Fault{}) {
				server.Inject(c.fault)
			}
			if c.set != nil {
				c.set(client)
			}
			if c.ref.Name == "" {
				c.ref.Name = "audit"
			}
			var got []source.Step
			kinesis.Examine(t.Context(), client, c.ref, source.Options{}, func(s source.Step) { got = append(got, s) })
			if steps(got) != c.want {
				t.Errorf("it told\n%s\nwant\n%s", steps(got), c.want)
			}
			if c.calls != nil && !maps.Equal(server.Calls(), c.calls) {
				t.Errorf("calls %v, want %v", server.Calls(), c.calls)
			}
		})
	}
}

// TestExamineReadsFromWhereReadingStarts: a time before the stream was made, or one that is still to come, is no obstacle.
func TestExamineReadsFromWhereReadingStarts(t *testing.T) {
	_, _, client := serveExamined(t)
	for _, o := range []source.Options{{Latest: true}, {Since: time.Now().Add(-time.Hour)}, {Since: time.Now().Add(time.Hour)}, {TrimHorizon: true}} {
		var got []source.Step
		kinesis.Examine(t.Context(), client, kinesis.Ref{Name: "audit"}, o, func(s source.Step) { got = append(got, s) })
		if want := listed + described + iterated + tried; steps(got) != want {
			t.Errorf("%+v: it told\n%s\nwant\n%s", o, steps(got), want)
		}
	}
}

func TestExamineEndsWithItsContext(t *testing.T) {
	server, _, client := serveExamined(t)
	server.Inject(emulator.Fault{Kind: emulator.Slow, Delay: time.Minute})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var got []source.Step
	kinesis.Examine(ctx, client, kinesis.Ref{Name: "audit"}, source.Options{}, func(s source.Step) { got = append(got, s) })
	if len(got) == 0 || got[0].Verdict != source.Wrong {
		t.Errorf("it told\n%s\nwant a step that failed", steps(got))
	}
}

// configured is an environment with nothing of AWS in it but a configuration file.
func configured(t *testing.T, config string) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	dir := t.TempDir()
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheck(t *testing.T) {
	_, url, _ := serveExamined(t)
	const keys = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n"
	for _, c := range []struct {
		name, config, ref string
		o                 source.Options
		want              string
	}{
		{
			"all is well", "[profile ro]\nregion = us-east-1\n" + keys, "kinesis://audit",
			source.Options{Profile: "ro"},
			"ok configuration: stream audit, region us-east-1\nok credentials: profile \"ro\", access key AKIA…MPLE\n" + listed + described + iterated + tried,
		},
		{
			"the region of the ARN", "[default]\n" + keys, "arn:aws:kinesis:us-east-1:123456789012:stream/audit",
			source.Options{},
			"ok configuration: stream audit, region us-east-1\nok credentials: profile \"default\", access key AKIA…MPLE\n" + listed + described + iterated + tried,
		},
		{
			"no region", "[default]\n" + keys, "kinesis://audit",
			source.Options{},
			"FAIL configuration: no AWS region is set: give --region, set AWS_REGION, or add a region to the profile\n",
		},
		{
			"no profile", "[default]\n" + keys, "kinesis://audit",
			source.Options{Profile: "nobody", Region: "us-east-1"},
			`FAIL configuration: AWS profile "nobody" is not configured: "aws configure list-profiles" lists those that are; name one with --profile or AWS_PROFILE` + "\n",
		},
		{
			"no credentials", "[default]\nregion = us-east-1\n", "kinesis://audit",
			source.Options{},
			"ok configuration: stream audit, region us-east-1\n" +
				`FAIL credentials: no AWS credentials were found (profile "default"): log in with "aws sso login" or "aws configure", name a profile with --profile, or set ` +
				"AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n",
		},
		{
			"no name", "", "kinesis://a b",
			source.Options{},
			"FAIL configuration: \"kinesis://a b\" does not name a Kinesis stream: after kinesis:// comes a name of letters, digits, '_', '-' and '.', or use the stream's ARN\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			configured(t, c.config)
			c.o.EndpointURL = url
			var got []source.Step
			kinesis.Check(t.Context(), c.ref, c.o, func(s source.Step) { got = append(got, s) })
			if steps(got) != c.want {
				t.Errorf("it told\n%s\nwant\n%s", steps(got), c.want)
			}
		})
	}
}

// What reading with a consumer would do is found out without a subscription being begun.
func TestExamineConsumer(t *testing.T) {
	ref := kinesis.Ref{Name: "audit", Region: "us-east-1"}
	for _, c := range []struct {
		name  string
		fault emulator.FaultKind
		gone  bool
		want  string
	}{
		{name: "all is well", fault: -1, want: "ok kinesis:SubscribeToShard: allowed, by a dry run\n"},
		{name: "denied", fault: emulator.Deny, want: "note kinesis:SubscribeToShard: shards will be polled: " + denied("kinesis:SubscribeToShard") +
			"\nnext: taudit policy kinesis://audit --consumer-arn CONSUMER prints a policy that allows it\n"},
		{name: "in use", fault: emulator.InUse, want: "note kinesis:SubscribeToShard: allowed, but another reader subscribes with CONSUMER now; if it goes on to, shards are polled\n"},
		{name: "not there", fault: -1, gone: true, want: "note kinesis:SubscribeToShard: shards will be polled: CONSUMER was not found\n" +
			"next: aws kinesis list-stream-consumers shows those that are registered\n"},
	} {
		server, _, client := serveExamined(t)
		arn, err := server.AddConsumer("audit", "watcher")
		if err != nil {
			t.Fatal(err)
		}
		if c.gone {
			server.RemoveConsumer(arn)
		}
		if c.fault >= 0 {
			server.Inject(emulator.Fault{Op: "SubscribeToShard", Kind: c.fault})
		}
		var told []source.Step
		kinesis.Examine(t.Context(), client, ref, source.Options{Consumers: []string{arn}}, func(s source.Step) { told = append(told, s) })
		want := listed + described + iterated + tried + strings.ReplaceAll(c.want, "CONSUMER", arn)
		if got := steps(told); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, got, want)
		}
	}
}
