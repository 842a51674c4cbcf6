package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"taudit/source"
)

// roles is an STS server that takes one code, once, and keeps what it was asked.
type roles struct {
	mu     sync.Mutex
	good   string
	life   time.Duration // of what it gives
	asked  []url.Values
	answer int // instead of what it would say; 0: as it would
}

func (s *roles) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = r.ParseForm() // what cannot be read lacks its code
	s.asked = append(s.asked, r.PostForm)
	w.Header().Set("Content-Type", "text/xml")
	switch {
	case s.answer != 0:
		w.WriteHeader(s.answer)
		fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: me is not authorized to perform: sts:AssumeRole on resource: reader</Message></Error></ErrorResponse>`)
	case r.PostForm.Get("TokenCode") != s.good:
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>
<Message>MultiFactorAuthentication failed with invalid MFA one time pass code. </Message></Error><RequestId>r</RequestId></ErrorResponse>`)
	default:
		s.good = "used"
		fmt.Fprintf(w, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>%s</Expiration></Credentials>
<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/reader/me</Arn><AssumedRoleId>A:me</AssumedRoleId></AssumedRoleUser>
</AssumeRoleResult></AssumeRoleResponse>`, time.Now().Add(s.life).UTC().Format(time.RFC3339))
	}
}

// person answers questions one after the other.
type person struct {
	answers   []string
	questions []string
}

func (p *person) session() *source.Session {
	return source.NewSession(func(_ context.Context, question string) (string, error) {
		p.questions = append(p.questions, question)
		if len(p.answers) == 0 {
			return "", errors.New("no answer was given")
		}
		a := p.answers[0]
		p.answers = p.answers[1:]
		return a, nil
	})
}

func TestMFA(t *testing.T) {
	const (
		first  = "MFA code for arn:aws:iam::123456789012:mfa/me (profile mfa): "
		digits = "That is not a code of six digits. MFA code: "
		again  = "AWS does not accept that code; each can be used once. " + first
	)
	for _, c := range []struct {
		name      string
		answers   []string
		questions []string
		denied    bool
		want      string // of the error; empty: it works
	}{
		{"a code", []string{"123456"}, []string{first}, false, ""},
		{"a code as devices show it", []string{" 123 456\r"}, []string{first}, false, ""},
		{"something else first", []string{"12345", "yes", "123456"}, []string{first, digits, digits}, false, ""},
		{"a wrong code first", []string{"654321", "123456"}, []string{first, again}, false, ""},
		{"nothing that is a code", []string{"", "", "", ""}, []string{first, digits, digits}, false, `profile "mfa" needs an MFA code (mfa_serial): no code of six digits was given in 3 tries`},
		{"wrong codes", []string{"000000", "000001", "000002", "123456"}, []string{first, again, again}, false, `profile "mfa": AWS does not accept the MFA code`},
		{"no answer", nil, []string{first}, false, `profile "mfa" needs an MFA code (mfa_serial): no answer was given`},
		{"a role that may not be assumed", []string{"123456", "123456"}, []string{first}, true, `profile "mfa" cannot get credentials: access denied: sts:AssumeRole is not allowed`},
	} {
		t.Run(c.name, func(t *testing.T) {
			home(t, profiles)
			server := &roles{good: "123456", life: time.Hour}
			if c.denied {
				server.answer = http.StatusForbidden
			}
			h := httptest.NewServer(server)
			defer h.Close()
			t.Setenv("AWS_ENDPOINT_URL_STS", h.URL)
			p := &person{answers: c.answers}
			o := source.Options{Profile: "mfa", Session: p.session()}
			cfg, err := Load(t.Context(), o)
			if !slices.Equal(p.questions, c.questions) {
				t.Errorf("asked %q, want %q", p.questions, c.questions)
			}
			if c.want != "" {
				if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.ContainsAny(err.Error(), "\r\n") {
					t.Fatalf("got  %v\nwant %s", err, c.want)
				}
				// A second source of the run does not ask in vain again.
				if _, second := Load(t.Context(), o); second == nil || second.Error() != err.Error() || len(p.questions) != len(c.questions) {
					t.Errorf("the second time it is %v, after %d questions", second, len(p.questions))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			other, err := Load(t.Context(), o)
			if err != nil || len(p.questions) != len(c.questions) {
				t.Errorf("the second source of the run: %v, after %d questions; want none of its own", err, len(p.questions))
			}
			for _, p := range []aws.CredentialsProvider{cfg.Credentials, other.Credentials} {
				if c, err := p.Retrieve(t.Context()); c.AccessKeyID != "AKIDROLE" || err != nil {
					t.Errorf("credentials %q, %v", c.AccessKeyID, err)
				}
			}
			last := server.asked[len(server.asked)-1]
			if last.Get("SerialNumber") != "arn:aws:iam::123456789012:mfa/me" || last.Get("DurationSeconds") != "3600" {
				t.Errorf("STS was asked %v", last)
			}
		})
	}
}

// TestMFAThatEnds: nobody is asked while the screen is open.
func TestMFAThatEnds(t *testing.T) {
	home(t, profiles)
	h := httptest.NewServer(&roles{good: "123456", life: -time.Second}) // expired at once
	defer h.Close()
	t.Setenv("AWS_ENDPOINT_URL_STS", h.URL)
	p := &person{answers: []string{"123456", "123456"}}
	s := p.session()
	cfg, err := Load(t.Context(), source.Options{Profile: "mfa", Session: s})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	_, err = cfg.Credentials.Retrieve(t.Context())
	const want = `the login of profile "mfa" with an MFA code has ended: quit and start again to enter a new code`
	if told := Explain(err, "kinesis:GetRecords"); told == nil || !strings.HasPrefix(told.Error(), want) || !Refused(err) {
		t.Errorf("got  %v (refused %v)\nwant %s", told, Refused(err), want)
	}
	if len(p.questions) != 1 {
		t.Errorf("asked %q", p.questions)
	}
}

// TestNobodyIsAskedForNothing: keys of the environment go before the profile, which is then not logged in to.
func TestNobodyIsAskedForNothing(t *testing.T) {
	home(t, profiles)
	t.Setenv("AWS_PROFILE", "mfa")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDENV")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	p := &person{}
	cfg, err := Load(t.Context(), source.Options{Session: p.session()})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := cfg.Credentials.Retrieve(t.Context()); c.AccessKeyID != "AKIDENV" || err != nil || len(p.questions) > 0 {
		t.Errorf("credentials %q, %v, after asking %q", c.AccessKeyID, err, p.questions)
	}
}

func TestMFAEndsWithItsContext(t *testing.T) {
	home(t, profiles)
	ctx, cancel := context.WithCancel(t.Context())
	s := source.NewSession(func(ctx context.Context, _ string) (string, error) {
		cancel() // Ctrl-C
		<-ctx.Done()
		return "", ctx.Err()
	})
	if _, err := Load(ctx, source.Options{Profile: "mfa", Session: s}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
