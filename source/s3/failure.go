package s3

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"taudit/source"
	"taudit/source/credentials"
)

// failure is what can be done about a call that failed.
type failure uint8

const (
	passing   failure = iota // the network or the service: again soon
	throttled                // again, slower
	refused                  // again later: somebody may log in, or give the permission
	missing                  // the bucket is not there
	elsewhere                // the bucket is in another region
	changed                  // the object is not the one that was read before
	single                   // the fault of one object: go on with others
)

// listFailure sorts what listing fails with; single then means that the question itself is refused.
func listFailure(err error) failure {
	if credentials.Refused(err) || statusOf(err) == http.StatusForbidden {
		return refused
	}
	return commonFailure(err)
}

// getFailure sorts what reading an object fails with.
func getFailure(err error) failure {
	code := codeOf(err)
	switch {
	// Access may be denied to one object alone, by its key, its owner or its encryption.
	case strings.HasPrefix(code, "AccessDenied"), code == "AllAccessDisabled", code == "Forbidden",
		strings.HasPrefix(code, "KMS.") && !strings.Contains(code, "Throttl"):
		return single
	case credentials.Refused(err):
		return refused
	}
	return commonFailure(err)
}

func commonFailure(err error) failure {
	code, status := codeOf(err), statusOf(err)
	switch {
	case credentials.Throttled(err), strings.Contains(code, "Throttl"), code == "SlowDown", status == http.StatusTooManyRequests:
		return throttled
	case code == "NoSuchBucket":
		return missing
	case regionOf(err) != "" && (status == http.StatusMovedPermanently || status == http.StatusTemporaryRedirect ||
		status == http.StatusBadRequest):
		return elsewhere
	case status == http.StatusPreconditionFailed:
		return changed
	case status >= 500, status == http.StatusRequestTimeout, code == "RequestTimeout", code == "InternalError":
		return passing
	case status >= 300:
		return single
	}
	return passing
}

func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// statusOf is the HTTP status of an answer that is an error, 0 when there was no answer.
func statusOf(err error) int {
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

// regionOf is the region that an answer says the bucket is in, empty when it does not say.
func regionOf(err error) string {
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) && answer.Response != nil {
		return answer.Response.Header.Get("X-Amz-Bucket-Region")
	}
	return ""
}

// singleError is the fault of one object.
type singleError struct{ err error }

func (e *singleError) Error() string { return e.err.Error() }
func (e *singleError) Unwrap() error { return e.err }

// explained is an error with a text of ours.
type explained struct {
	text string
	err  error
}

func (e *explained) Error() string { return e.text }
func (e *explained) Unwrap() error { return e.err }

// Cause is for [source.CauseOf].
func (e *explained) Cause() source.Cause {
	if codeOf(e.err) == "NoSuchBucket" {
		return source.Gone
	}
	return source.CauseOf(e.err)
}

func noBucket(bucket string, err error) error {
	return &explained{fmt.Sprintf("there is no bucket %q: check the name, --profile and --endpoint-url; \"aws s3 ls\" shows the buckets "+
		"of the account", bucket), err}
}

// objectReason says for people why one object could not be read, and what to do.
func objectReason(err error) string {
	switch code := codeOf(err); {
	case code == "NoSuchKey" || statusOf(err) == http.StatusNotFound:
		return "this object was not read: it was deleted after it had been listed"
	case code == "InvalidObjectState":
		return "this object was not read: it is archived (storage class Glacier or Deep Archive); restore it with " +
			"\"aws s3api restore-object\", wait until that is done, and read again"
	}
	why := credentials.Explain(err, actionGet)
	if getFailure(err) == passing {
		return fmt.Sprintf("this object was not read: %d calls for it failed (%v) while others succeeded; start again to try once more",
			transfers, why)
	}
	return "this object was not read: " + why.Error()
}
