package s3_test

import (
	"encoding/json"
	"testing"

	"taudit/source"
	"taudit/source/s3"
)

func TestGrant(t *testing.T) {
	for _, c := range []struct {
		ref       string
		o         source.Options
		resources []string
		prefix    string // empty: no condition
		notes     int
	}{
		{"s3://acme/firehose/", source.Options{}, []string{"arn:aws:s3:::acme", "arn:aws:s3:::acme/firehose/*"}, "firehose/*", 0},
		{"s3://acme/audit", source.Options{}, []string{"arn:aws:s3:::acme", "arn:aws:s3:::acme/audit*"}, "audit*", 1},
		{"s3://acme", source.Options{}, []string{"arn:aws:s3:::acme", "arn:aws:s3:::acme/*"}, "", 0},
		{"s3://acme/", source.Options{Region: "cn-north-1"}, []string{"arn:aws-cn:s3:::acme", "arn:aws-cn:s3:::acme/*"}, "", 0},
		{"s3://acme/a$b*?/", source.Options{}, []string{"arn:aws:s3:::acme", "arn:aws:s3:::acme/a${$}b${*}${?}/*"}, "a${$}b${*}${?}/*", 0},
		{
			"s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/mine/x/",
			source.Options{},
			[]string{"arn:aws:s3:eu-west-1:123456789012:accesspoint/mine", "arn:aws:s3:eu-west-1:123456789012:accesspoint/mine/object/x/*"},
			"x/*", 0,
		},
	} {
		alone(t, "")
		var p source.Policy
		if err := s3.Grant(t.Context(), c.ref, c.o, &p); err != nil {
			t.Fatal(err)
		}
		text, err := p.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Statement []struct {
				Action, Resource string
				Condition        map[string]map[string]string
			}
		}
		if err := json.Unmarshal(text, &doc); err != nil || len(doc.Statement) != 2 {
			t.Fatalf("%s: %v in\n%s", c.ref, err, text)
		}
		list, get := doc.Statement[0], doc.Statement[1]
		if list.Action != "s3:ListBucket" || get.Action != "s3:GetObject" || list.Resource != c.resources[0] || get.Resource != c.resources[1] ||
			list.Condition["StringLike"]["s3:prefix"] != c.prefix || get.Condition != nil || len(p.Notes()) != c.notes {
			t.Errorf("%s: notes %q and\n%s", c.ref, p.Notes(), text)
		}
	}
	if err := s3.Grant(t.Context(), "s3://", source.Options{}, &source.Policy{}); err == nil {
		t.Error("a reference that is none gives no error")
	}
}
