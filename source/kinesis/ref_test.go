package kinesis

import (
	"strings"
	"testing"
)

func TestParseRef(t *testing.T) {
	for _, test := range []struct {
		text string
		want Ref
		err  string
	}{
		{text: "kinesis://audit", want: Ref{Name: "audit"}},
		{text: "kinesis://audit/", want: Ref{Name: "audit"}},
		{text: "kinesis://A-b_c.9", want: Ref{Name: "A-b_c.9"}},
		{
			text: "arn:aws:kinesis:us-east-1:123456789012:stream/audit",
			want: Ref{Name: "audit", ARN: "arn:aws:kinesis:us-east-1:123456789012:stream/audit", Region: "us-east-1"},
		},
		{
			text: "arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream/audit",
			want: Ref{Name: "audit", ARN: "arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream/audit", Region: "us-gov-west-1"},
		},
		{
			text: "kinesis://arn:aws-cn:kinesis:cn-north-1:123456789012:stream/audit",
			want: Ref{Name: "audit", ARN: "arn:aws-cn:kinesis:cn-north-1:123456789012:stream/audit", Region: "cn-north-1"},
		},
		{text: "", err: "does not name a Kinesis stream"},
		{text: "audit", err: "does not name a Kinesis stream"},
		{text: "kinesis://", err: "does not name a Kinesis stream"},
		{text: "kinesis://a b", err: "does not name a Kinesis stream"},
		{text: "kinesis://a/b", err: "does not name a Kinesis stream"},
		{text: "kinesis://" + strings.Repeat("a", 129), err: "does not name a Kinesis stream"},
		{text: "arn:aws", err: "is not an ARN"},
		{text: "arn:aws:s3:::bucket", err: `is an ARN of the service "s3"`},
		{text: "arn:aws:kinesis:us-east-1:123456789012:stream/audit/consumer/me:1", err: "is the ARN of a consumer"},
		{text: "arn:aws:kinesis:us-east-1:123456789012:stream/", err: "is not the ARN of a stream"},
		{text: "arn:aws:kinesis:us-east-1:123456789012:table/audit", err: "is not the ARN of a stream"},
		{text: "arn:aws:kinesis::123456789012:stream/audit", err: "is not the ARN of a stream"},
		{text: "arn:aws:kinesis:us-east-1::stream/audit", err: "is not the ARN of a stream"},
	} {
		got, err := ParseRef(test.text)
		switch {
		case test.err != "":
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("ParseRef(%q) gave %v; %q should be in it", test.text, err, test.err)
			}
		case err != nil || got != test.want:
			t.Errorf("ParseRef(%q) = %+v, %v; want %+v", test.text, got, err, test.want)
		}
	}
}

// Sequence numbers are compared as numbers.
func TestFollows(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"2", "1", true},
		{"1", "2", false},
		{"1", "1", false},
		{"10", "9", true},
		{"9", "10", false},
		{"49664990466893843426706512345678901234567890123456789012", "9664990466893843426706512345678901234567890123456789012", true},
	} {
		if got := follows(test.a, test.b); got != test.want {
			t.Errorf("follows(%s, %s) = %t", test.a, test.b, got)
		}
	}
}

func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"kinesis://audit", "arn:aws:kinesis:us-east-1:123456789012:stream/audit", "kinesis://arn:", "arn:::::stream/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := ParseRef(text)
		if err == nil && !validName(ref.Name) {
			t.Errorf("ParseRef(%q) gave the name %q", text, ref.Name)
		}
		if err == nil && ref.ARN != "" && ref.Region == "" {
			t.Errorf("ParseRef(%q) gave an ARN without a region", text)
		}
	})
}
