package credentials

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"taudit/source"
)

// TestCauses: what is explained tells why, also when more was said around it; what is not explained tells nothing.
func TestCauses(t *testing.T) {
	for _, c := range []struct {
		err  error
		want source.Cause
	}{
		{answered("AccessDeniedException", "no"), source.Denied},
		{answered("KMSAccessDeniedException", "no"), source.Denied},
		{&failure{profile: "p", err: answered("AccessDenied", "sts:AssumeRole")}, source.LoggedOut},
		{&failure{profile: "p", err: errors.New("no EC2 IMDS role found")}, source.LoggedOut},
		{&failure{profile: "p", err: errors.New("cached SSO token is expired")}, source.LoggedOut},
		{&failure{profile: "p", err: &net.DNSError{Name: "sts.amazonaws.com"}}, source.Unreachable},
		{answered("ExpiredTokenException", "no"), source.LoggedOut},
		{answered("UnrecognizedClientException", "no"), source.LoggedOut},
		{answered("SignatureDoesNotMatch", "no"), source.LoggedOut},
		{answered("KMSDisabledException", "no"), source.Disabled},
		{answered("OptInRequired", "no"), source.Disabled},
		{&net.DNSError{Name: "kinesis.us-east-1.amazonaws.com"}, source.Unreachable},
		{context.DeadlineExceeded, source.Unreachable},
		{answered("InternalFailure", "no"), source.Unexplained},
		{answered("ProvisionedThroughputExceededException", "no"), source.Unexplained},
	} {
		if got := source.CauseOf(fmt.Errorf("reading: %w", Explain(c.err, "kinesis:GetRecords"))); got != c.want {
			t.Errorf("%v is caused by %v, want %v", c.err, got, c.want)
		}
		if got := source.CauseOf(c.err); got != source.Unexplained {
			t.Errorf("%v, which nobody has explained, is caused by %v", c.err, got)
		}
	}
	for cause, want := range map[source.Cause]bool{
		source.Unexplained: false, source.Unreachable: false, source.Denied: true, source.LoggedOut: true, source.Gone: true, source.Disabled: true,
	} {
		if cause.Lasting() != want {
			t.Errorf("cause %v is lasting: %v", cause, !want)
		}
	}
}

func TestPermits(t *testing.T) {
	var p Permits
	calls := 0
	try := func(action string, err error) (source.Fact, bool) {
		return p.Try(action, func() error { calls++; return err })
	}
	if _, ok := try("a:Get", nil); !ok || calls != 1 {
		t.Error("a call that succeeds is not told so")
	}
	if f, ok := try("a:Get", answered("InternalFailure", "x")); ok || f.Verdict != source.Noted || f.Text != "not known, and not needed to read: InternalFailure: x" {
		t.Errorf("%+v", f)
	}
	for range 3 {
		if f, ok := try("a:Get", answered("AccessDeniedException", "no")); ok || f.Name != "a:Get" || f.Text != "not permitted, and not needed to read" {
			t.Errorf("%+v", f)
		}
	}
	if calls != 3 {
		t.Errorf("%d calls: what is denied is asked for again", calls)
	}
	if _, ok := try("b:Get", nil); !ok {
		t.Error("another action is taken for the denied one")
	}
}
