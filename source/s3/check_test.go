package s3_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"taudit/source"
	"taudit/source/emulator"
	"taudit/source/s3"
)

// told writes steps, one a line.
func told(list []source.Step) string {
	var out strings.Builder
	for _, s := range list {
		fmt.Fprintf(&out, "%s %s: %s\n", s.Verdict, s.What, s.Found)
		if s.Next != "" {
			fmt.Fprintf(&out, "next: %s\n", s.Next)
		}
	}
	return out.String()
}

func TestExamine(t *testing.T) {
	const (
		listed  = "ok s3:ListBucket: allowed; the first key is firehose/a b+c.gz\n"
		nothing = "note s3:ListBucket: allowed, but there is nothing below s3://audit/other/ yet: check the prefix\n"
		ask     = "next: taudit policy s3://audit/firehose/ prints a policy that allows what is needed\n"
	)
	for _, c := range []struct {
		name           string
		bucket, prefix string
		body           string
		fault          emulator.Fault
		want           string
	}{
		{name: "all is well", want: listed + "ok s3:GetObject: allowed, tried on the first 1.0 kB of firehose/a b+c.gz\n", body: strings.Repeat("x", 5000)},
		{name: "a small object", want: listed + "ok s3:GetObject: allowed, tried on the first 2 B of firehose/a b+c.gz\n", body: "{}"},
		{name: "an empty object", want: listed + "ok s3:GetObject: allowed, tried on firehose/a b+c.gz, which is empty\n", body: ""},
		{name: "nothing there yet", prefix: "other/", want: nothing + "ok s3:GetObject: allowed, tried on an object that is not there\n"},
		{
			name: "nothing there yet, and reading is denied", prefix: "other/", fault: emulator.Fault{Op: "GetObject", Kind: emulator.Deny},
			want: nothing + "FAIL s3:GetObject: access denied: s3:GetObject is not allowed: ask for a policy that allows s3:GetObject, or use another --profile\n" +
				"next: taudit policy s3://audit/other/ prints a policy that allows what is needed\n",
		},
		{
			name: "no such bucket", bucket: "nowhere",
			want: "FAIL s3:ListBucket: there is no bucket \"nowhere\": check the name, --profile and --endpoint-url; \"aws s3 ls\" shows the buckets of the account\n",
		},
		{
			name: "listing is denied", fault: emulator.Fault{Op: "ListObjectsV2", Kind: emulator.Deny},
			want: "FAIL s3:ListBucket: access denied: s3:ListBucket is not allowed: ask for a policy that allows s3:ListBucket, or use another --profile\n" + ask,
		},
		{
			name: "reading is denied", fault: emulator.Fault{Op: "GetObject", Kind: emulator.Deny},
			want: listed + "FAIL s3:GetObject: access denied: s3:GetObject is not allowed: ask for a policy that allows s3:GetObject, or use another --profile\n" + ask,
		},
		{
			name: "archived", fault: emulator.Fault{Op: "GetObject", Kind: emulator.Archived},
			want: listed + "note s3:GetObject: allowed, but the first object is archived (storage class Glacier or Deep Archive): what is archived is counted and left out\n",
		},
		{
			name: "deleted meanwhile", fault: emulator.Fault{Op: "GetObject", Kind: emulator.NoSuchKey},
			want: listed + "note s3:GetObject: allowed, but firehose/a b+c.gz was deleted before it was read\n",
		},
		{
			name: "slow down", fault: emulator.Fault{Kind: emulator.Throttle},
			want: "note s3:ListBucket: allowed, but S3 asks to slow down now; taudit waits when it is told to\n" +
				"note s3:GetObject: S3 asks to slow down now; taudit waits when it is told to\n",
		},
		{
			name: "in another region", fault: emulator.Fault{Op: "ListObjectsV2", Kind: emulator.Redirect, Times: 1},
			want: strings.Replace(listed, "allowed", "allowed, in region eu-west-1", 1) + "ok s3:GetObject: allowed, tried on firehose/a b+c.gz, which is empty\n",
		},
		{
			name: "expired credentials", fault: emulator.Fault{Kind: emulator.ExpiredToken},
			want: "FAIL s3:ListBucket: the AWS credentials have expired: renew them (\"aws sso login\", or export new ones); reading goes on by itself when the profile has new ones\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := emulator.NewS3(emulator.S3Options{})
			if err := server.CreateBucket("audit"); err != nil {
				t.Fatal(err)
			}
			if err := server.Put("audit", "firehose/a b+c.gz", []byte(c.body), noon()); err != nil {
				t.Fatal(err)
			}
			url, err := emulator.Serve(t.Context(), server)
			if err != nil {
				t.Fatal(err)
			}
			if c.fault != (emulator.Fault{}) {
				server.Inject(c.fault)
			}
			client, release := s3.NewClient(aws.Config{
				Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
			})
			defer release()
			var got []source.Step
			s3.Examine(t.Context(), client, or(c.bucket, "audit"), or(c.prefix, "firehose/"), func(s source.Step) { got = append(got, s) })
			if told(got) != c.want {
				t.Errorf("it told\n%s\nwant\n%s", told(got), c.want)
			}
			for op := range server.Calls() {
				if op != "ListObjectsV2" && op != "GetObject" {
					t.Errorf("%s was called", op)
				}
			}
		})
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// alone is an environment with nothing of AWS in it but a configuration file.
func alone(t *testing.T, config string) {
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
	server := emulator.NewS3(emulator.S3Options{})
	if err := server.CreateBucket("audit"); err != nil {
		t.Fatal(err)
	}
	url, err := emulator.Serve(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	const keys = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n"
	const works = "note s3:ListBucket: allowed, but there is nothing below s3://audit/x/ yet: check the prefix\n" +
		"ok s3:GetObject: allowed, tried on an object that is not there\n"
	for _, c := range []struct {
		name, config, ref string
		o                 source.Options
		want              string
	}{
		{
			"all is well", "[profile ro]\nregion = us-west-2\n" + keys, "s3://audit/x/",
			source.Options{Profile: "ro"},
			"ok configuration: bucket audit, region us-west-2\nok credentials: profile \"ro\", access key AKIA…MPLE\n" + works,
		},
		{
			"no region is no obstacle", "[default]\n" + keys, "s3://audit/x/",
			source.Options{},
			"ok configuration: bucket audit, region us-east-1 to begin with, since none is configured\n" +
				"ok credentials: profile \"default\", access key AKIA…MPLE\n" + works,
		},
		{
			"no profile", "", "s3://audit/x/",
			source.Options{Profile: "nobody"},
			`FAIL configuration: AWS profile "nobody" is not configured: "aws configure list-profiles" lists those that are; name one with --profile or AWS_PROFILE` + "\n",
		},
		{"no name", "", "s3:///x", source.Options{}, "FAIL configuration: \"s3:///x\" does not name a bucket: write s3://BUCKET/PREFIX\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			alone(t, c.config)
			c.o.EndpointURL = url
			var got []source.Step
			s3.Check(t.Context(), c.ref, c.o, func(s source.Step) { got = append(got, s) })
			if told(got) != c.want {
				t.Errorf("it told\n%s\nwant\n%s", told(got), c.want)
			}
		})
	}
}
