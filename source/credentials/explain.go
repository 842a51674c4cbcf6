package credentials

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go"

	"taudit/source"
)

// Explain gives err as one line for people: what is missing or wrong, and what to do. Action is the IAM action of the call that
// failed ("kinesis:GetRecords"), or empty; it is named where AWS does not name one itself. The error keeps err in its chain.
// Explain gives nil for nil, and the errors of a cancelled context and those already explained as they are.
func Explain(err error, action string) error {
	var done *explained
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.As(err, &done), errors.Is(err, ErrNoRegion):
		return err
	}
	return &explained{text: oneLine(explain(err, action)), err: err}
}

type explained struct {
	text string
	err  error
}

// Cause is for [source.CauseOf].
func (e *explained) Cause() source.Cause { return causeOf(e.err) }

func (e *explained) Error() string { return e.text }
func (e *explained) Unwrap() error { return e.err }

func explain(err error, action string) string {
	var f *failure
	if errors.As(err, &f) {
		return explainFailure(f)
	}
	if text, ok := explainAnswer(err, action); ok {
		return text
	}
	if strings.Contains(err.Error(), "Missing Region") {
		return ErrNoRegion.Error()
	}
	if text, ok := explainNetwork(err); ok {
		return prefix(action) + text
	}
	return prefix(action) + cause(err)
}

// explainFailure is for errors of the configuration and of getting credentials. Most of them have no type of their own: their
// texts are those of the SDK's config and credentials modules.
func explainFailure(f *failure) string {
	var (
		noProfile config.SharedConfigProfileNotExistError
		noCode    *errNoCode
		badFile   config.SharedConfigLoadError
		badRole   config.SharedConfigAssumeRoleError
	)
	text := f.err.Error()
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
	}
	switch {
	case errors.As(f.err, &badRole):
		return fmt.Sprintf("profile %q cannot assume role %s: %s: check its source_profile in the AWS configuration file",
			f.profile, badRole.RoleARN, cause(badRole.Err))
	case errors.As(f.err, &noProfile):
		return fmt.Sprintf("AWS profile %q is not configured: \"aws configure list-profiles\" lists those that are; name one with "+
			"--profile or AWS_PROFILE", noProfile.Profile)
	case errors.As(f.err, &noCode):
		return noCode.Error()
	case badCode(f.err):
		return fmt.Sprintf("profile %q: AWS does not accept the MFA code: enter the one that the device shows now, which can be used once; check mfa_serial "+
			"and the clocks if it goes on", f.profile)
	case errors.As(f.err, &badFile):
		return fmt.Sprintf("the AWS configuration file %s cannot be read: %s", badFile.Filename, cause(badFile.Err))
	case noCredentials(f.err):
		return fmt.Sprintf("no AWS credentials were found (profile %q): log in with \"aws sso login\" or \"aws configure\", name a "+
			"profile with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", f.profile)
	}
	why := ""
	if answer, ok := explainNetwork(f.err); ok {
		why = answer
	} else if code := code(f.err); inner(f.err, "SSO OIDC") != "" || code == "UnauthorizedException" ||
		(code == "" && has("SSO token", "SSO session")) {
		return fmt.Sprintf("the SSO login of profile %[1]q has expired or was never made: run \"aws sso login --profile %[1]s\"",
			f.profile)
	} else if answer, ok := explainAnswer(f.err, innerAction(f.err)); ok {
		why = answer
	} else if has("process provider", "ProcessProvider", "credential_process") {
		return fmt.Sprintf("the credential_process of profile %q failed: %s", f.profile, cause(f.err))
	} else {
		why = cause(f.err)
	}
	return fmt.Sprintf("profile %q cannot get credentials: %s", f.profile, why)
}

// explainAnswer is for what AWS answers when it refuses somebody.
func explainAnswer(err error, action string) (string, bool) {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return "", false
	}
	what := api.ErrorCode()
	switch {
	case slices.Contains(denied(), what):
		return explainDenied(api, action), true
	case slices.Contains(expired(), what):
		return "the AWS credentials have expired: renew them (\"aws sso login\", or export new ones); reading goes on by itself when " +
			"the profile has new ones", true
	case slices.Contains(unknownKey(), what):
		return fmt.Sprintf("AWS does not know the access key (%s): \"aws sts get-caller-identity\" shows whether it is still valid; "+
			"check --profile and AWS_ACCESS_KEY_ID", what), true
	case slices.Contains(badSignature(), what):
		return fmt.Sprintf("AWS does not accept the signature (%s): check the secret key and this machine's clock", what), true
	case slices.Contains(badKMSKey(), what):
		return fmt.Sprintf("%sthe KMS key that encrypts the data cannot be used (%s): ask the owner of the key: %s",
			prefix(action), what, api.ErrorMessage()), true
	case slices.Contains(notSignedUp(), what):
		return fmt.Sprintf("%sthis AWS account or region is not enabled (%s): %s", prefix(action), what, api.ErrorMessage()), true
	case Throttled(err):
		return fmt.Sprintf("%sAWS asks to slow down (%s): other readers may be using the same limit", prefix(action), what), true
	}
	return "", false
}

// explainDenied names the missing action, as AWS gives it when it does: "User: ARN is not authorized to perform: ACTION on
// resource: ARN because no identity-based policy allows the ACTION action".
func explainDenied(api smithy.APIError, action string) string {
	who, resource, why := "", "", ""
	pattern := regexp.MustCompile(`(?s)(?:User: (\S+) )?is not authorized to perform: (\S+)(?: on (?:the )?resource: (\S+))?(.*)`)
	if m := pattern.FindStringSubmatch(api.ErrorMessage()); m != nil {
		who, action, resource = m[1], strings.Trim(m[2], `",.`), strings.Trim(m[3], `",.`)
		if _, after, ok := strings.Cut(m[4], "because "); ok {
			why = strings.TrimRight(after, ". \n")
		}
	} else if strings.HasPrefix(api.ErrorCode(), "KMS") {
		action = "kms:Decrypt"
	}
	if action == "" {
		return fmt.Sprintf("access denied: %s", orCode(api))
	}
	text := "access denied: " + action + " is not allowed"
	if resource != "" {
		text += " on " + resource
	}
	if who != "" {
		text += " for " + who
	}
	if why != "" {
		text += " (" + why + ")"
	}
	return text + ": ask for a policy that allows " + action + ", or use another --profile"
}

func explainNetwork(err error) (string, bool) {
	var (
		dns  *net.DNSError
		op   *net.OpError
		host x509.HostnameError
		auth x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("the host %s cannot be found: check --region, --endpoint-url and the network", dns.Name), true
	case errors.As(err, &auth), errors.As(err, &host):
		return "the server's certificate is not trusted (" + cause(err) + "): behind a proxy, set AWS_CA_BUNDLE", true
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time: check the network, and a proxy if there is one", true
	case errors.As(err, &op) && op.Op == "dial":
		return fmt.Sprintf("cannot connect to %s (%s): check --endpoint-url and the network", op.Addr, cause(op.Err)), true
	}
	return "", false
}

// inner is the operation of the call to service that failed within err, empty when there was none.
func inner(err error, service string) string {
	for err != nil {
		var op *smithy.OperationError
		if !errors.As(err, &op) {
			return ""
		}
		if op.ServiceID == service {
			return op.OperationName
		}
		err = op.Err
	}
	return ""
}

// innerAction is the IAM action of the call for credentials that failed, empty when none is known.
func innerAction(err error) string {
	if op := inner(err, "STS"); op != "" {
		return "sts:" + op
	}
	if op := inner(err, "SSO"); op != "" {
		return "sso:" + op
	}
	return ""
}

// cause is what is wrong without the SDK's account of how it came there.
func cause(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return orCode(api)
	}
	for {
		next := errors.Unwrap(err)
		if next == nil || next.Error() == "" {
			return err.Error()
		}
		err = next
	}
}

func orCode(api smithy.APIError) string {
	if api.ErrorMessage() == "" {
		return api.ErrorCode()
	}
	return api.ErrorCode() + ": " + api.ErrorMessage()
}

func prefix(action string) string {
	if action == "" {
		return ""
	}
	return action + ": "
}

// oneLine also takes out what would do something to a terminal: parts of the text come from the other end of a wire.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, strings.Join(strings.Fields(text), " "))
}
