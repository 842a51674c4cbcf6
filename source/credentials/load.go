// Package credentials finds out how to reach AWS, as the aws CLI does, and says in one line what is missing when it cannot be
// reached. The adapters that read from AWS share it.
package credentials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"taudit/source"
)

// ErrNoRegion is what Load gives when neither flag, environment nor profile names a region.
var ErrNoRegion = errors.New("no AWS region is set: give --region, set AWS_REGION, or add a region to the profile")

// idleConnections is how many connections to one host are kept open. The SDK's ten would make a stream of many shards, each
// asked every second, open new ones all the time.
const idleConnections = 64

// Load reads the AWS configuration: flags in o first, then environment, then the shared files of the profile, with SSO, assumed
// roles and credential processes, as the aws CLI. It reads local files and does not call out: whether the credentials are any
// good shows at the first call. Only a profile that needs an MFA code is logged in at once, since its person has to be asked: once for all the
// sources of o.Session. The configuration says what the SDK warns of to o.Log and never to standard error, retries
// without the SDK's budget (which a long-lived client uses up), and may be used by any number of goroutines.
//
// o.EndpointURL redirects the services that clients are made for, and not the calls that get credentials, again as the aws CLI.
// An error is one line for people, made by [Explain].
func Load(ctx context.Context, o source.Options) (aws.Config, error) {
	if err := checkEndpoint(o.EndpointURL); err != nil {
		return aws.Config{}, err
	}
	profile := profileName(o)
	options := []func(*config.LoadOptions) error{
		config.WithLogger(logger{o.Log}),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConnsPerHost = idleConnections
		})),
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(ro *retry.StandardOptions) { ro.RateLimiter = ratelimit.None })
		}),
	}
	m := &mfa{session: o.Session, profile: profile}
	options = append(options, config.WithAssumeRoleCredentialOptions(m.options(ctx)))
	if o.Region != "" {
		options = append(options, config.WithRegion(o.Region))
	}
	// Only a flag may go before keys in the environment; AWS_PROFILE must not, so it is left to the SDK.
	if o.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(o.Profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, Explain(&failure{profile: profile, err: err}, "")
	}
	if cfg.Region == "" {
		return aws.Config{}, ErrNoRegion
	}
	if cfg.Credentials != nil {
		cfg.Credentials = &provider{next: cfg.Credentials, profile: profile}
	}
	if m.serial != "" {
		if cfg.Credentials, err = m.login(ctx, cfg.Credentials); err != nil {
			return aws.Config{}, err
		}
	}
	if o.EndpointURL != "" {
		cfg.BaseEndpoint = &o.EndpointURL
		// Clients look here again, and would let AWS_ENDPOINT_URL_KINESIS win over the flag.
		cfg.ConfigSources = append([]any{endpoint(o.EndpointURL)}, cfg.ConfigSources...)
	}
	return cfg, nil
}

func checkEndpoint(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("--endpoint-url %q is not a URL: it looks like https://host or http://host:port", text)
	}
	return nil
}

// profileName is the profile that Load would use, to name it in errors.
func profileName(o source.Options) string {
	return cmp.Or(o.Profile, os.Getenv("AWS_PROFILE"), os.Getenv("AWS_DEFAULT_PROFILE"), config.DefaultSharedConfigProfile)
}

// endpoint is a configuration source that answers every service with one URL.
type endpoint string

// GetServiceBaseEndpoint is what the SDK's clients ask their configuration sources for.
func (e endpoint) GetServiceBaseEndpoint(context.Context, string) (string, bool, error) {
	return string(e), true, nil
}

// provider marks the errors of getting credentials, so that they can be told from those of the call that needed them.
type provider struct {
	next    aws.CredentialsProvider
	profile string
}

func (p *provider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := p.next.Retrieve(ctx)
	if err != nil {
		return c, &failure{profile: p.profile, err: err}
	}
	return c, nil
}

// IsCredentialsProvider lets the SDK see through to the provider within.
func (p *provider) IsCredentialsProvider(target aws.CredentialsProvider) bool {
	return aws.IsCredentialsProvider(p.next, target)
}

// failure is an error of configuration or of getting credentials, with the profile it is about.
type failure struct {
	profile string
	err     error
}

func (f *failure) Error() string { return fmt.Sprintf("profile %q: %v", f.profile, f.err) }
func (f *failure) Unwrap() error { return f.err }

// logger passes the SDK's remarks on, which by default go to standard error and so over the screen.
type logger struct{ to *slog.Logger }

func (l logger) Logf(class logging.Classification, format string, v ...any) {
	if l.to == nil {
		return
	}
	level := slog.LevelDebug
	if class == logging.Warn {
		level = slog.LevelWarn
	}
	l.to.Log(context.Background(), level, oneLine(fmt.Sprintf(format, v...)), "from", "aws sdk")
}
