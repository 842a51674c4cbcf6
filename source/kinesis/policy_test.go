package kinesis_test

import (
	"errors"
	"strings"
	"testing"

	"taudit/source"
	"taudit/source/kinesis"
)

func TestGrant(t *testing.T) {
	for _, c := range []struct {
		name, config, ref string
		o                 source.Options
		arn               string
		notes             int
	}{
		{"an ARN", "", "arn:aws-cn:kinesis:cn-north-1:123456789012:stream/audit", source.Options{}, "arn:aws-cn:kinesis:cn-north-1:123456789012:stream/audit", 0},
		{"nothing is known", "", "kinesis://audit", source.Options{}, "arn:aws:kinesis:REGION:ACCOUNT:stream/audit", 2},
		{"a region", "", "kinesis://audit", source.Options{Region: "us-gov-west-1"}, "arn:aws-us-gov:kinesis:us-gov-west-1:ACCOUNT:stream/audit", 1},
		{"a profile of SSO", "[profile ro]\nregion = eu-west-1\nsso_account_id = 210987654321\n", "kinesis://audit", source.Options{Profile: "ro"}, "arn:aws:kinesis:eu-west-1:210987654321:stream/audit", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			configured(t, c.config)
			var p source.Policy
			if err := kinesis.Grant(t.Context(), c.ref, c.o, &p); err != nil {
				t.Fatal(err)
			}
			text, err := p.JSON()
			if err != nil || !strings.Contains(string(text), `"Resource": "`+c.arn+`"`) || len(p.Notes()) != c.notes {
				t.Errorf("policy (%v, notes %q) lacks %s:\n%s", err, p.Notes(), c.arn, text)
			}
			// What reading and examining call is what is allowed.
			for _, action := range []string{"kinesis:ListShards", "kinesis:GetShardIterator", "kinesis:GetRecords"} {
				if !strings.Contains(string(text), `"`+action+`"`) {
					t.Errorf("the policy lacks %s", action)
				}
			}
			if strings.Contains(string(text), "DescribeStreamSummary") {
				t.Error("the policy allows to describe the stream unasked")
			}
		})
	}
	p := source.Policy{Health: true}
	if err := kinesis.Grant(t.Context(), "kinesis://audit", source.Options{}, &p); err != nil {
		t.Fatal(err)
	}
	text, err := p.JSON()
	for _, action := range []string{"kinesis:DescribeStreamSummary", "cloudwatch:GetMetricData"} {
		if err != nil || !strings.Contains(string(text), `"`+action+`"`) {
			t.Errorf("with --health the policy (%v) lacks %s:\n%s", err, action, text)
		}
	}
	if err := kinesis.Grant(t.Context(), "kinesis://a/b", source.Options{}, &source.Policy{}); err == nil || errors.Unwrap(err) != nil {
		t.Errorf("a reference that is none gives %v", err)
	}
}
