package credentials

import (
	"errors"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"taudit/source"
)

// Throttled reports whether err is AWS asking to slow down.
func Throttled(err error) bool {
	switch code(err) {
	case "ProvisionedThroughputExceededException", "LimitExceededException", "KMSThrottlingException", "Throttling",
		"ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "TooManyRequestsException",
		"RequestLimitExceeded", "BandwidthLimitExceeded", "SlowDown":
		return true
	}
	return false
}

// Refused reports whether err is a matter of who asks: no credentials, expired ones, or a permission that is missing. Trying
// again soon is of no use, but somebody may log in elsewhere or grant the permission while we wait.
func Refused(err error) bool {
	var f *failure
	if errors.As(err, &f) {
		_, unreachable := explainNetwork(f.err)
		return noCredentials(f.err) || !unreachable
	}
	c := code(err)
	return slices.Contains(denied(), c) || slices.Contains(expired(), c) || slices.Contains(unknownKey(), c) ||
		slices.Contains(badSignature(), c) || slices.Contains(badKMSKey(), c) || slices.Contains(notSignedUp(), c)
}

// noCredentials reports whether every place to look for credentials was looked at in vain. The last is the metadata service of
// EC2, so that the error is about that.
func noCredentials(err error) bool {
	return slices.ContainsFunc([]string{"EC2 IMDS", "ec2imds", "static credentials are empty"}, func(part string) bool {
		return strings.Contains(err.Error(), part)
	})
}

// code is AWS's name of the error, empty for errors that are not an answer of AWS.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func denied() []string {
	return []string{
		"AccessDenied", "AccessDeniedException", "AllAccessDisabled", "Forbidden", "ForbiddenException", "UnauthorizedException",
		"UnauthorizedOperation", "NotAuthorized", "KMSAccessDeniedException", "KMS.AccessDeniedException",
	}
}

func expired() []string {
	return []string{"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}
}

func unknownKey() []string {
	return []string{
		"UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidToken",
		"MissingAuthenticationToken", "MissingAuthenticationTokenException",
	}
}

func badSignature() []string {
	return []string{
		"SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature", "IncompleteSignatureException",
		"RequestTimeTooSkewed", "RequestExpired",
	}
}

func badKMSKey() []string {
	return []string{
		"KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "KMSOptInRequired",
		"KMS.DisabledException", "KMS.KMSInvalidStateException", "KMS.NotFoundException",
	}
}

func notSignedUp() []string {
	return []string{"OptInRequired", "SubscriptionRequiredException", "InvalidAccountState", "AccountProblem"}
}

// Denied reports whether err is AWS saying that who asks, with credentials that are good, may not do it.
func Denied(err error) bool {
	return !errors.As(err, new(*failure)) && slices.Contains(denied(), code(err))
}

// causeOf tells why AWS could not be asked, or did not do what it was asked for.
func causeOf(err error) source.Cause {
	c := code(err)
	var f *failure
	switch {
	case slices.Contains(denied(), c) && errors.As(err, &f):
		return source.LoggedOut // it is the credentials that could not be got
	case slices.Contains(denied(), c):
		return source.Denied
	case slices.Contains(badKMSKey(), c), slices.Contains(notSignedUp(), c):
		return source.Disabled
	case slices.Contains(expired(), c), slices.Contains(unknownKey(), c), slices.Contains(badSignature(), c):
		return source.LoggedOut
	}
	_, unreachable := explainNetwork(err)
	switch {
	case errors.As(err, &f) && (noCredentials(f.err) || !unreachable):
		return source.LoggedOut
	case unreachable:
		return source.Unreachable
	}
	return source.Unexplained
}
