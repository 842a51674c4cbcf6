package credentials

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/smithy-go"

	"taudit/source"
)

const (
	// codes is how many codes are asked for: people mistype, and codes change every half minute.
	codes = 3
	// roleTime is how long a role is assumed for unless the profile says otherwise (duration_seconds): what the aws CLI asks for, and what every
	// role allows. The SDK's quarter of an hour would end while people read.
	roleTime = time.Hour
)

// mfa logs in to a profile that assumes a role with a code of an MFA device (mfa_serial).
type mfa struct {
	session *source.Session
	profile string
	serial  string // of the device; empty: the profile needs none
	refused bool   // AWS did not accept the last code
}

// errNoCode is why there are no credentials: nobody gave a code. It keeps what the session says.
type errNoCode struct {
	profile string
	err     error
}

func (e *errNoCode) Error() string {
	switch {
	case errors.Is(e.err, source.ErrTooLate):
		return fmt.Sprintf("the login of profile %q with an MFA code has ended: quit and start again to enter a new code; a longer duration_seconds in the "+
			"profile lets it last", e.profile)
	case errors.Is(e.err, source.ErrNobody):
		return fmt.Sprintf("profile %[1]q needs an MFA code (mfa_serial), and there is no terminal to ask for it on: run "+
			"eval \"$(aws configure export-credentials --profile %[1]s --format env)\" and start again without --profile", e.profile)
	}
	return fmt.Sprintf("profile %q needs an MFA code (mfa_serial): %v", e.profile, e.err)
}

func (e *errNoCode) Unwrap() error { return e.err }

// options tells the SDK whom to ask, and finds out whether that will be needed.
func (m *mfa) options(ctx context.Context) func(*stscreds.AssumeRoleOptions) {
	return func(o *stscreds.AssumeRoleOptions) {
		if o.SerialNumber == nil {
			return
		}
		m.serial = *o.SerialNumber
		if o.Duration == 0 {
			o.Duration = roleTime
		}
		o.TokenProvider = func() (string, error) { return m.code(ctx) }
	}
}

// code asks for a code until it is one.
func (m *mfa) code(ctx context.Context) (string, error) {
	question := fmt.Sprintf("MFA code for %s (profile %s): ", oneLine(m.serial), oneLine(m.profile))
	if m.refused {
		question = "AWS does not accept that code; each can be used once. " + question
	}
	for range codes {
		code, err := m.session.Ask(ctx, question)
		if err != nil {
			return "", &errNoCode{m.profile, err}
		}
		if code = strings.Join(strings.Fields(code), ""); regexp.MustCompile(`^[0-9]{6}$`).MatchString(code) {
			return code, nil
		}
		question = "That is not a code of six digits. MFA code: "
	}
	return "", &errNoCode{m.profile, fmt.Errorf("no code of six digits was given in %d tries", codes)}
}

// login gets the credentials now, and gives a provider that has them. All who log in to the profile in one session share it, since a code can be
// used once.
func (m *mfa) login(ctx context.Context, p aws.CredentialsProvider) (aws.CredentialsProvider, error) {
	logged, err := m.session.Once("login of profile "+m.profile, func() (any, error) {
		var err error
		for range codes {
			if _, err = p.Retrieve(ctx); err == nil || !badCode(err) {
				break
			}
			m.refused = true
		}
		if err != nil {
			return nil, Explain(err, "")
		}
		return p, nil
	})
	if err != nil {
		return nil, err
	}
	return logged.(aws.CredentialsProvider), nil //nolint:forcetypeassert // it was put in just above
}

// badCode reports whether STS does not accept a code: it was mistyped, is too old, or was used before.
func badCode(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && strings.Contains(api.ErrorMessage(), "MultiFactorAuthentication failed")
}
