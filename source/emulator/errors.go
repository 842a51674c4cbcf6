package emulator

import (
	"fmt"
	"net/http"
)

// Error codes of the service.
const (
	codeDenied          = "AccessDeniedException"
	codeDryRun          = "DryRunOperationException"
	codeExpiredIterator = "ExpiredIteratorException"
	codeExpiredNext     = "ExpiredNextTokenException"
	codeExpiredToken    = "ExpiredTokenException"
	codeInternal        = "InternalFailure"
	codeInvalid         = "InvalidArgumentException"
	codeInUse           = "ResourceInUseException"
	codeKMSThrottling   = "KMSThrottlingException"
	codeLimit           = "LimitExceededException"
	codeNotFound        = "ResourceNotFoundException"
	codeSerialization   = "SerializationException"
	codeThroughput      = "ProvisionedThroughputExceededException"
	codeUnavailable     = "ServiceUnavailable"
	codeUnknown         = "UnknownOperationException"
	codeValidation      = "ValidationException"
)

// apiError is an error as the service answers it.
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// failure is an error that is the caller's to mend.
func failure(code, format string, args ...any) error {
	return &apiError{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

// fault is an error that is the service's.
func fault(status int, code, message string) error { return &apiError{status, code, message} }

// abortion tells the server to close the connection without an answer.
type abortion struct{}

func (abortion) Error() string { return "the connection was closed as a fault asked for" }
