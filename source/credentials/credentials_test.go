package credentials

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/smithy-go/logging"

	"taudit/source"
)

// home is an environment with nothing of AWS in it but the given configuration file.
func home(t *testing.T, config string) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("USERPROFILE", dir)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	file := filepath.Join(dir, "config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", file)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
}

const profiles = `
[default]
region = eu-central-1

[profile static]
region = us-west-2
aws_access_key_id = AKIDSTATIC
aws_secret_access_key = secret

[profile plain]
region = us-west-2

[profile mfa]
region = us-west-2
role_arn = arn:aws:iam::123456789012:role/reader
source_profile = static
mfa_serial = arn:aws:iam::123456789012:mfa/me

[profile role]
region = us-west-2
role_arn = arn:aws:iam::123456789012:role/reader
source_profile = static

[profile orphan]
region = us-west-2
role_arn = arn:aws:iam::123456789012:role/reader
source_profile = nobody

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1

[profile sso]
region = us-west-2
sso_session = corp
sso_account_id = 123456789012
sso_role_name = reader

[profile oldsso]
region = us-west-2
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = reader

[profile process]
region = us-west-2
credential_process = false

[profile regionless]
aws_access_key_id = AKIDNONE
aws_secret_access_key = secret
`

// retrieve loads and gets credentials, and gives the error of either, explained.
func retrieve(o source.Options) (aws.Config, aws.Credentials, error) {
	cfg, err := Load(context.Background(), o)
	if err != nil {
		return cfg, aws.Credentials{}, err
	}
	c, err := cfg.Credentials.Retrieve(context.Background())
	return cfg, c, Explain(err, "kinesis:ListShards")
}

func TestLoad(t *testing.T) {
	for _, test := range []struct {
		name        string
		env         map[string]string
		o           source.Options
		region, key string
	}{
		{"profile", nil, source.Options{Profile: "static"}, "us-west-2", "AKIDSTATIC"},
		{"profile and region", nil, source.Options{Profile: "static", Region: "eu-west-1"}, "eu-west-1", "AKIDSTATIC"},
		{"profile of the environment", map[string]string{"AWS_PROFILE": "static"}, source.Options{}, "us-west-2", "AKIDSTATIC"},
		{
			"keys of the environment before its profile",
			map[string]string{"AWS_PROFILE": "static", "AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "s"},
			source.Options{},
			"us-west-2", "AKIDENV",
		},
		{
			"profile flag before keys of the environment",
			map[string]string{"AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "s"},
			source.Options{Profile: "static"},
			"us-west-2", "AKIDSTATIC",
		},
		{
			"region of the environment before the profile's",
			map[string]string{"AWS_REGION": "ap-south-1"},
			source.Options{Profile: "static"},
			"ap-south-1", "AKIDSTATIC",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			home(t, profiles)
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			cfg, c, err := retrieve(test.o)
			if err != nil {
				t.Fatal(err)
			}
			if cfg.Region != test.region || c.AccessKeyID != test.key {
				t.Errorf("region %s, key %s; want %s and %s", cfg.Region, c.AccessKeyID, test.region, test.key)
			}
		})
	}
}

func TestWhatIsMissing(t *testing.T) {
	for _, test := range []struct {
		name string
		o    source.Options
		want string
	}{
		{"no region", source.Options{Profile: "regionless"}, "no AWS region is set: give --region, set AWS_REGION"},
		{"no profile", source.Options{Profile: "nobody"}, `AWS profile "nobody" is not configured: "aws configure list-profiles"`},
		{"no source profile", source.Options{Profile: "orphan"}, `profile "orphan" cannot assume role arn:aws:iam::123456789012:role/reader: `},
		{"mfa", source.Options{Profile: "mfa"}, `profile "mfa" needs an MFA code (mfa_serial), and there is no terminal to ask for it on: run eval "$(aws configure export-credentials --profile mfa --format env)"`},
		{"sso never logged in", source.Options{Profile: "sso"}, `the SSO login of profile "sso" has expired or was never made: run "aws sso login --profile sso"`},
		{"old sso never logged in", source.Options{Profile: "oldsso"}, `the SSO login of profile "oldsso" has expired or was never made: run "aws sso login --profile oldsso"`},
		{"no credentials", source.Options{Profile: "plain"}, `no AWS credentials were found (profile "plain"): log in with`},
		{"no credentials, default", source.Options{}, `no AWS credentials were found (profile "default"): log in with`},
		{"process", source.Options{Profile: "process"}, `the credential_process of profile "process" failed: `},
		{"endpoint", source.Options{Profile: "static", EndpointURL: "localhost:4566"}, `--endpoint-url "localhost:4566" is not a URL`},
	} {
		t.Run(test.name, func(t *testing.T) {
			home(t, profiles)
			_, _, err := retrieve(test.o)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got  %v\nwant %s", err, test.want)
			}
			if strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("it is more than a line: %q", err)
			}
		})
	}
}

func TestBrokenFile(t *testing.T) {
	home(t, "[profile a\nregion")
	_, _, err := retrieve(source.Options{Profile: "a", Region: "us-east-1"})
	if err == nil || strings.ContainsAny(err.Error(), "\r\n") {
		t.Fatalf("got %q", err)
	}
}

// sts is a server of AssumeRole in its Query protocol.
func sts(t *testing.T, status int, body string) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestAssumedRole(t *testing.T) {
	home(t, profiles)
	t.Setenv("AWS_ENDPOINT_URL_STS", sts(t, 200, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>
<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/reader/me</Arn><AssumedRoleId>A:me</AssumedRoleId></AssumedRoleUser>
</AssumeRoleResult></AssumeRoleResponse>`))
	// The flag is for the services that are read, not for the calls that get credentials.
	_, c, err := retrieve(source.Options{Profile: "role", EndpointURL: "http://127.0.0.1:1"})
	if err != nil || c.AccessKeyID != "AKIDROLE" {
		t.Errorf("got %q, %v", c.AccessKeyID, err)
	}
}

func TestRoleThatMayNotBeAssumed(t *testing.T) {
	home(t, profiles)
	t.Setenv("AWS_ENDPOINT_URL_STS", sts(t, 403, `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>
<Message>User: arn:aws:iam::123456789012:user/me is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/reader</Message>
</Error><RequestId>r</RequestId></ErrorResponse>`))
	_, _, err := retrieve(source.Options{Profile: "role"})
	const want = `profile "role" cannot get credentials: access denied: sts:AssumeRole is not allowed on ` +
		`arn:aws:iam::123456789012:role/reader for arn:aws:iam::123456789012:user/me`
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if !Refused(err) {
		t.Error("it does not count as refused")
	}
}

// endpointOf finds out where a client for a configuration sends its calls.
func endpointOf(t *testing.T, cfg aws.Config) string {
	t.Helper()
	var host string
	client := kinesis.NewFromConfig(cfg, func(o *kinesis.Options) {
		o.Retryer = aws.NopRetryer{}
		o.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
			host = r.URL.Host
			return nil, fmt.Errorf("not sent")
		})
	})
	name := "audit"
	_, _ = client.ListShards(context.Background(), &kinesis.ListShardsInput{StreamName: &name})
	return host
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func TestEndpoint(t *testing.T) {
	for _, test := range []struct {
		name string
		env  map[string]string
		flag string
		want string
	}{
		{"none", nil, "", "kinesis.us-west-2.amazonaws.com"},
		{"flag", nil, "http://127.0.0.1:1111", "127.0.0.1:1111"},
		{"all services", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:2222"}, "", "127.0.0.1:2222"},
		{"one service", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:2222", "AWS_ENDPOINT_URL_KINESIS": "http://127.0.0.1:3333"}, "", "127.0.0.1:3333"},
		{"flag before all", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:2222", "AWS_ENDPOINT_URL_KINESIS": "http://127.0.0.1:3333"}, "http://127.0.0.1:1111", "127.0.0.1:1111"},
		{"flag before all services", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:2222"}, "http://127.0.0.1:1111", "127.0.0.1:1111"},
		{"ignored", map[string]string{"AWS_ENDPOINT_URL_KINESIS": "http://127.0.0.1:3333", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "", "kinesis.us-west-2.amazonaws.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			home(t, profiles)
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			cfg, err := Load(context.Background(), source.Options{Profile: "static", EndpointURL: test.flag})
			if err != nil {
				t.Fatal(err)
			}
			if got := endpointOf(t, cfg); got != test.want {
				t.Errorf("calls go to %s, want %s", got, test.want)
			}
		})
	}
}

// An account ID in the credentials moves the host, unless that is switched off.
func TestAccountIDEndpoint(t *testing.T) {
	for mode, want := range map[string]string{
		"preferred": "123456789012.control-kinesis.us-west-2.amazonaws.com",
		"disabled":  "kinesis.us-west-2.amazonaws.com",
	} {
		home(t, profiles)
		t.Setenv("AWS_ACCESS_KEY_ID", "AKIDENV")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
		t.Setenv("AWS_ACCOUNT_ID", "123456789012")
		t.Setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", mode)
		cfg, err := Load(context.Background(), source.Options{Region: "us-west-2"})
		if err != nil {
			t.Fatal(err)
		}
		if got := endpointOf(t, cfg); got != want {
			t.Errorf("%s: calls go to %s, want %s", mode, got, want)
		}
	}
}

// What the SDK has to say goes to the log, in lines.
func TestLogger(t *testing.T) {
	home(t, profiles)
	var buf bytes.Buffer
	cfg, err := Load(context.Background(), source.Options{Profile: "static", Log: slog.New(slog.NewTextHandler(&buf, nil))})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Logger.Logf(logging.Warn, "clock %s\nis %s", "skew", "large")
	cfg.Logger.Logf(logging.Debug, "detail")
	if got := buf.String(); !strings.Contains(got, `level=WARN msg="clock skew is large"`) || strings.Contains(got, "detail") {
		t.Errorf("logged %q", got)
	}
	logger{}.Logf(logging.Warn, "to nobody")
}
