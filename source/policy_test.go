package source_test

import (
	"encoding/json"
	"strings"
	"testing"

	"taudit/source"
)

// compact is a policy's statements without what is the same in all, one a line.
func compact(t *testing.T, p *source.Policy) string {
	t.Helper()
	text, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal(text, &doc); err != nil || doc.Version != "2012-10-17" {
		t.Fatalf("version %q, %v in\n%s", doc.Version, err, text)
	}
	var out strings.Builder
	for _, s := range doc.Statement {
		if s["Effect"] != "Allow" {
			t.Errorf("a statement has the effect %v", s["Effect"])
		}
		delete(s, "Effect")
		line, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(line)
		out.WriteByte('\n')
	}
	return out.String()
}

func TestPolicy(t *testing.T) {
	const (
		one     = "arn:aws:kinesis:us-east-1:123456789012:stream/one"
		two     = "arn:aws:kinesis:us-east-1:123456789012:stream/two"
		read    = `{"Action":["kinesis:ListShards","kinesis:GetShardIterator","kinesis:GetRecords"],"Resource":`
		key     = "arn:aws:kms:us-east-1:123456789012:key/a"
		list    = `{"Action":"s3:ListBucket","Condition":{"StringLike":{"s3:prefix":`
		decrypt = `{"Action":"kms:Decrypt","Condition":{"StringEquals":{"kms:ViaService":`
	)
	for _, c := range []struct {
		name string
		ask  func(*source.Policy)
		want string
	}{
		{"a stream", func(p *source.Policy) { p.Stream(one) }, read + `"` + one + `"}`},
		{"two streams, one of them twice", func(p *source.Policy) { p.Stream(one); p.Stream(two); p.Stream(one) }, read + `["` + one + `","` + two + `"]}`},
		{"metrics", func(p *source.Policy) { p.Metrics(); p.Metrics() }, `{"Action":"cloudwatch:GetMetricData","Resource":"*"}`},
		{"a delivery stream", func(p *source.Policy) { p.Delivery("arn:aws:firehose:us-east-1:123456789012:deliverystream/a") }, `{"Action":"firehose:DescribeDeliveryStream","Resource":"arn:aws:firehose:us-east-1:123456789012:deliverystream/a"}`},
		{"how it is set up", func(p *source.Policy) { p.Health = true; p.Stream(one) }, strings.TrimSuffix(read, `],"Resource":`) + `,"kinesis:DescribeStreamSummary"],"Resource":"` + one + `"}`},
		{
			"a consumer", func(p *source.Policy) { p.Stream(one); p.Consumer(one + "/consumer/me:1") },
			read + `"` + one + `"}` + "\n" + `{"Action":"kinesis:SubscribeToShard","Resource":"` + one + `/consumer/me:1"}`,
		},
		{
			"a bucket", func(p *source.Policy) { p.Bucket("aws", "acme", "a/") },
			list + `"a/*"}},"Resource":"arn:aws:s3:::acme"}` + "\n" + `{"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/a/*"}`,
		},
		{
			"two prefixes of one bucket, and another bucket", func(p *source.Policy) {
				p.Bucket("aws", "acme", "a/")
				p.Bucket("aws", "acme", "b/")
				p.Bucket("aws", "acme", "a/")
				p.Bucket("aws", "other", "a/")
			},
			list + `["a/*","b/*"]}},"Resource":"arn:aws:s3:::acme"}` + "\n" +
				`{"Action":"s3:GetObject","Resource":["arn:aws:s3:::acme/a/*","arn:aws:s3:::acme/b/*","arn:aws:s3:::other/a/*"]}` + "\n" +
				list + `"a/*"}},"Resource":"arn:aws:s3:::other"}`,
		},
		{
			"a prefix of a bucket and all of it", func(p *source.Policy) {
				p.Bucket("aws", "acme", "a/")
				p.Bucket("aws", "acme", "")
				p.Bucket("aws", "acme", "c/")
			},
			`{"Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme"}` + "\n" +
				`{"Action":"s3:GetObject","Resource":["arn:aws:s3:::acme/a/*","arn:aws:s3:::acme/*","arn:aws:s3:::acme/c/*"]}`,
		},
		{
			"a key of a stream", func(p *source.Policy) { p.Stream(one); p.Key(key) },
			read + `"` + one + `"}` + "\n" + decrypt + `"kinesis.us-east-1.amazonaws.com"}},"Resource":"` + key + `"}`,
		},
		{
			"a key of a bucket in China", func(p *source.Policy) {
				p.Bucket("aws-cn", "acme", "a/")
				p.Key("arn:aws-cn:kms:cn-north-1:123456789012:key/a")
			},
			list + `"a/*"}},"Resource":"arn:aws-cn:s3:::acme"}` + "\n" + `{"Action":"s3:GetObject","Resource":"arn:aws-cn:s3:::acme/a/*"}` + "\n" +
				decrypt + `"s3.cn-north-1.amazonaws.com.cn"}},"Resource":"arn:aws-cn:kms:cn-north-1:123456789012:key/a"}`,
		},
		{
			"keys of several regions", func(p *source.Policy) {
				p.Stream(one)
				p.Key(key)
				p.Key(strings.ReplaceAll(key, "us-east-1", "eu-west-1"))
				p.Key(strings.Replace(key, "key/a", "key/b", 1))
			},
			read + `"` + one + `"}` + "\n" + decrypt + `"kinesis.us-east-1.amazonaws.com"}},"Resource":["` + key + `","` + strings.Replace(key, "key/a", "key/b", 1) + `"]}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p source.Policy
			if !p.Empty() {
				t.Error("a policy that allows nothing is not empty")
			}
			c.ask(&p)
			if got := compact(t, &p); got != c.want+"\n" || p.Empty() {
				t.Errorf("it allows\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestPolicyNotes(t *testing.T) {
	var p source.Policy
	p.Note("a")
	p.Note("b")
	p.Note("a")
	if got := strings.Join(p.Notes(), " "); got != "a b" {
		t.Errorf("notes %q, want each once", got)
	}
}

func TestPolicyEscapesNothingForHTML(t *testing.T) {
	var p source.Policy
	p.Bucket("aws", "acme", "a&b<c>/")
	if text, err := p.JSON(); err != nil || !strings.Contains(string(text), "acme/a&b<c>/*") {
		t.Errorf("%v in\n%s", err, text)
	}
}
