package kinesis

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"taudit/source"
	"taudit/source/credentials"
	"taudit/source/emulator"
	"taudit/source/sourcetest"
)

// detour sends requests to the emulator, wherever they were to go, and notes where that was and what they said.
type detour struct {
	next http.RoundTripper
	to   *url.URL

	mu     sync.Mutex
	hosts  map[string]string // by operation
	bodies map[string][]string
}

func (d *detour) Do(r *http.Request) (*http.Response, error) { return d.RoundTrip(r) }

func (d *detour) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_, op, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	d.mu.Lock()
	d.hosts[op] = r.URL.Scheme + "://" + r.URL.Host
	d.bodies[op] = append(d.bodies[op], string(body))
	d.mu.Unlock()
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = d.to.Scheme, d.to.Host, d.to.Host
	r.Body = io.NopCloser(bytes.NewReader(body))
	return d.next.RoundTrip(r)
}

// Where calls go, by name and by ARN, with credentials that carry an account and without, and as the SDK's own settings and the flag say.
func TestEndpoints(t *testing.T) {
	const (
		account = "210987654321"
		arn     = "arn:aws:kinesis:us-east-1:" + account + ":stream/" + streamName
		plain   = "https://kinesis.us-east-1.amazonaws.com"
		control = "https://" + account + ".control-kinesis.us-east-1.amazonaws.com"
		data    = "https://" + account + ".data-kinesis.us-east-1.amazonaws.com"
	)
	for _, test := range []struct {
		name          string
		ref           string
		env           map[string]string
		profile       string // what the configuration file says
		endpoint      string // --endpoint-url
		control, data string
		listen        string // empty: as data
	}{
		{name: "by name", ref: "kinesis://audit", control: plain, data: plain, listen: data}, // the consumer's ARN has the account
		{name: "by ARN", ref: arn, control: control, data: data},
		{
			name: "by name, with an account", ref: "kinesis://audit", env: map[string]string{"AWS_ACCOUNT_ID": account},
			control: control, data: data,
		},
		{
			name: "by name, with an account, switched off", ref: "kinesis://audit",
			env:     map[string]string{"AWS_ACCOUNT_ID": account, "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled"},
			control: plain, data: plain, listen: plain,
		},
		{
			name: "by ARN, switched off by the environment", ref: arn, env: map[string]string{"AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled"},
			control: plain, data: plain, listen: plain,
		},
		{
			name: "by ARN, switched off by the profile", ref: arn, profile: "account_id_endpoint_mode = disabled",
			control: plain, data: plain, listen: plain,
		},
		{name: "by ARN, at an endpoint", ref: arn, endpoint: "http://proxy.example:8080", control: "http://proxy.example:8080", data: "http://proxy.example:8080"},
		{name: "by name, at an endpoint", ref: "kinesis://audit", endpoint: "https://vpce.example", control: "https://vpce.example", data: "https://vpce.example"},
		{
			name: "at the endpoint of the environment", ref: arn, env: map[string]string{"AWS_ENDPOINT_URL_KINESIS": "https://vpce.example"},
			control: "https://vpce.example", data: "https://vpce.example",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, name := range []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCOUNT_ID", "AWS_ACCOUNT_ID_ENDPOINT_MODE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KINESIS", "AWS_SESSION_TOKEN"} {
				t.Setenv(name, test.env[name])
			}
			t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
			t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			t.Setenv("AWS_REGION", "us-east-1")
			file := t.TempDir() + "/config"
			if err := os.WriteFile(file, []byte("[default]\n"+test.profile+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("AWS_CONFIG_FILE", file)
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/credentials")

			p := newPlace(t, 2, emulator.KinesisOptions{NoLimits: true, Account: account})
			p.put(t, sourcetest.Entries(0, 10)...)
			to, err := url.Parse(*p.cfg.BaseEndpoint)
			if err != nil {
				t.Fatal(err)
			}
			way := &detour{next: p.cfg.HTTPClient.(*http.Client).Transport, to: to, hosts: map[string]string{}, bodies: map[string][]string{}}
			p.cfg, err = credentials.Load(context.Background(), source.Options{EndpointURL: test.endpoint, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			p.cfg.HTTPClient = way
			if p.ref, err = ParseRef(test.ref); err != nil {
				t.Fatal(err)
			}
			p.ref.Region = p.cfg.Region
			// Once by polling and once by subscriptions, of which the second tells the host of the latter.
			for range 2 {
				c := collect(t, p.source(source.Options{}))
				if err := c.end(); err != nil {
					t.Fatal(err)
				}
				c.unique(ids(0, 10)...)
				if p.consumer == "" {
					p.registered(t)
				}
			}
			want := map[string]string{
				"ListShards": test.control, "GetShardIterator": test.data, "GetRecords": test.data,
				"SubscribeToShard": cmp.Or(test.listen, test.data),
			}
			if !maps.Equal(way.hosts, want) {
				t.Errorf("calls went to %v, want %v", way.hosts, want)
			}
			if strings.HasPrefix(test.ref, "arn:") {
				for _, op := range []string{"ListShards", "GetShardIterator", "GetRecords"} {
					if slices.ContainsFunc(way.bodies[op], func(b string) bool { return !strings.Contains(b, `"StreamARN":"`+arn+`"`) }) {
						t.Errorf("%s was called without the ARN: %q", op, way.bodies[op])
					}
				}
			}
		})
	}
}

// Two streams of one name in two accounts have names of their own where they are read together.
func TestDistinguish(t *testing.T) {
	for ref, want := range map[string]string{
		"arn:aws:kinesis:us-east-1:123456789012:stream/audit": "kinesis audit/us-east-1 (123456789012)",
		"arn:aws:kinesis:us-east-1:210987654321:stream/audit": "kinesis audit/us-east-1 (210987654321)",
		"kinesis://audit": "kinesis audit/us-east-1",
	} {
		parsed, err := ParseRef(ref)
		if err != nil {
			t.Fatal(err)
		}
		parsed.Region = "us-east-1"
		s := New(newFake(), parsed, source.Options{})
		if got := s.Name(); got != "kinesis audit/us-east-1" {
			t.Errorf("alone %s is called %q", ref, got)
		}
		s.Distinguish()
		if got := s.Name(); got != want {
			t.Errorf("%s is called %q, want %q", ref, got, want)
		}
	}
}
