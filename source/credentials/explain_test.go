package credentials

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
)

func answered(code, message string) error {
	return &smithy.OperationError{
		ServiceID: "Kinesis", OperationName: "GetRecords",
		Err: fmt.Errorf("https response error StatusCode: 400, RequestID: r, %w", &smithy.GenericAPIError{Code: code, Message: message}),
	}
}

func TestExplain(t *testing.T) {
	const action = "kinesis:GetRecords"
	for _, test := range []struct {
		name    string
		err     error
		want    string
		refused bool
		slow    bool
	}{
		{
			name: "denied, in AWS's words", refused: true,
			err: answered("AccessDeniedException", "User: arn:aws:iam::1:user/me is not authorized to perform: kinesis:GetRecords on resource: "+
				"arn:aws:kinesis:us-east-1:1:stream/audit because no identity-based policy allows the kinesis:GetRecords action"),
			want: "access denied: kinesis:GetRecords is not allowed on arn:aws:kinesis:us-east-1:1:stream/audit for arn:aws:iam::1:user/me " +
				"(no identity-based policy allows the kinesis:GetRecords action): ask for a policy that allows kinesis:GetRecords, or use another --profile",
		},
		{
			name: "denied, another action than ours", refused: true,
			err:  answered("AccessDenied", "User: u is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:k with an explicit deny"),
			want: "access denied: kms:Decrypt is not allowed on arn:aws:kms:k for u: ask",
		},
		{
			name: "denied, without a word", refused: true,
			err:  answered("AccessDenied", "Access Denied"),
			want: "access denied: kinesis:GetRecords is not allowed: ask for a policy that allows kinesis:GetRecords",
		},
		{
			name: "denied key", refused: true,
			err:  &types.KMSAccessDeniedException{Message: aws.String("The ciphertext refers to a key you may not use")},
			want: "access denied: kms:Decrypt is not allowed",
		},
		{
			name: "disabled key", refused: true,
			err:  &types.KMSDisabledException{Message: aws.String("key is disabled")},
			want: "kinesis:GetRecords: the KMS key that encrypts the data cannot be used (KMSDisabledException): ask the owner of the key: key is disabled",
		},
		{name: "expired", refused: true, err: answered("ExpiredTokenException", "expired"), want: "the AWS credentials have expired: renew them"},
		{name: "unknown key", refused: true, err: answered("UnrecognizedClientException", "no"), want: "AWS does not know the access key (UnrecognizedClientException)"},
		{name: "signature", refused: true, err: answered("SignatureDoesNotMatch", "no"), want: "AWS does not accept the signature (SignatureDoesNotMatch): check the secret key and this machine's clock"},
		{name: "region off", refused: true, err: answered("OptInRequired", "not subscribed"), want: "kinesis:GetRecords: this AWS account or region is not enabled"},
		{name: "throttled", slow: true, err: &types.ProvisionedThroughputExceededException{}, want: "kinesis:GetRecords: AWS asks to slow down (ProvisionedThroughputExceededException)"},
		{name: "key throttled", slow: true, err: &types.KMSThrottlingException{}, want: "AWS asks to slow down (KMSThrottlingException)"},
		{name: "s3 throttled", slow: true, err: answered("SlowDown", "Reduce your rate"), want: "AWS asks to slow down (SlowDown)"},
		{name: "internal", err: answered("InternalFailure", "try\nagain"), want: "kinesis:GetRecords: InternalFailure: try again"},
		{name: "no message", err: answered("InternalFailure", ""), want: "kinesis:GetRecords: InternalFailure"},
		{name: "region", err: errors.New("Invalid Configuration: Missing Region"), want: "no AWS region is set"},
		{name: "timeout", err: fmt.Errorf("calling: %w", context.DeadlineExceeded), want: "kinesis:GetRecords: no answer in time"},
		{
			name: "unknown host", err: &url.Error{Op: "Post", URL: "u", Err: &net.OpError{Op: "dial", Err: &net.DNSError{Name: "kinesis.mars-1.amazonaws.com"}}},
			want: "kinesis:GetRecords: the host kinesis.mars-1.amazonaws.com cannot be found: check --region",
		},
		{
			name: "nobody listens", err: &net.OpError{Op: "dial", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, Err: errors.New("connection refused")},
			want: "kinesis:GetRecords: cannot connect to 127.0.0.1:1 (connection refused): check --endpoint-url",
		},
		{name: "certificate", err: &url.Error{Op: "Post", URL: "u", Err: x509.UnknownAuthorityError{}}, want: "certificate is not trusted"},
		{name: "other", err: fmt.Errorf("a: %w", errors.New("b")), want: "kinesis:GetRecords: b"},
		{
			name: "credentials, other", refused: true,
			err:  &failure{profile: "p", err: fmt.Errorf("a: %w", errors.New("b"))},
			want: `profile "p" cannot get credentials: b`,
		},
		{
			name: "credentials, sso not assigned", refused: true,
			err: &failure{profile: "p", err: &smithy.OperationError{
				ServiceID: "SSO", OperationName: "GetRoleCredentials", Err: &smithy.GenericAPIError{Code: "ForbiddenException", Message: "No access"},
			}},
			want: `profile "p" cannot get credentials: access denied: sso:GetRoleCredentials is not allowed`,
		},
		{
			name: "credentials, sso token refused", refused: true,
			err: &failure{profile: "p", err: &smithy.OperationError{
				ServiceID: "SSO", OperationName: "GetRoleCredentials", Err: &smithy.GenericAPIError{Code: "UnauthorizedException", Message: "Session token not found or invalid"},
			}},
			want: `run "aws sso login --profile p"`,
		},
		{
			name: "credentials, sso refresh refused", refused: true,
			err: &failure{profile: "p", err: fmt.Errorf("refresh cached SSO token failed, %w", &smithy.OperationError{
				ServiceID: "SSO OIDC", OperationName: "CreateToken", Err: &smithy.GenericAPIError{Code: "InvalidGrantException"},
			})},
			want: `run "aws sso login --profile p"`,
		},
		{
			name: "credentials, sso refresh without a network",
			err:  &failure{profile: "p", err: fmt.Errorf("refresh cached SSO token failed, %w", &net.DNSError{Name: "oidc.us-east-1.amazonaws.com"})},
			want: `profile "p" cannot get credentials: the host oidc.us-east-1.amazonaws.com cannot be found`,
		},
		{
			name: "credentials, network",
			err:  &failure{profile: "p", err: &net.DNSError{Name: "sts.amazonaws.com"}},
			want: `profile "p" cannot get credentials: the host sts.amazonaws.com cannot be found`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Explain(test.err, action)
			if !strings.Contains(got.Error(), test.want) || strings.ContainsAny(got.Error(), "\r\n") {
				t.Errorf("got  %v\nwant %s", got, test.want)
			}
			if !errors.Is(got, test.err) {
				t.Error("the error is not in the chain of its explanation")
			}
			if again := Explain(got, "other:Action"); again != got {
				t.Errorf("explained twice it is %v", again)
			}
			if Refused(test.err) != test.refused || Refused(got) != test.refused {
				t.Errorf("Refused gives %t", Refused(test.err))
			}
			if Throttled(test.err) != test.slow || Throttled(got) != test.slow {
				t.Errorf("Throttled gives %t", Throttled(test.err))
			}
		})
	}
}

func TestExplainLeavesAlone(t *testing.T) {
	if err := Explain(nil, "a"); err != nil {
		t.Errorf("nil became %v", err)
	}
	cancelled := fmt.Errorf("calling: %w", context.Canceled)
	if err := Explain(cancelled, "a"); err != cancelled {
		t.Errorf("a cancelled call became %v", err)
	}
	if err := Explain(ErrNoRegion, "a"); err != ErrNoRegion {
		t.Errorf("a missing region became %v", err)
	}
}

// What the service says never makes a second line, or a panic.
func FuzzExplain(f *testing.F) {
	f.Add("AccessDenied", "User: u is not authorized to perform: a:B on resource: r because x")
	f.Add("AccessDeniedException", "is not authorized to perform: ")
	f.Add("ExpiredToken", "\n\r\x1b[2J")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, code, message string) {
		for _, err := range []error{answered(code, message), &failure{profile: message, err: answered(code, message)}} {
			if got := Explain(err, "s3:GetObject").Error(); got == "" || strings.ContainsAny(got, "\r\n\x1b") {
				t.Errorf("got %q", got)
			}
		}
	})
}
