package cli

import (
	"errors"
	"syscall"
)

// noData is ERROR_NO_DATA of the Windows API: "The pipe is being closed."
const noData syscall.Errno = 232

func isClosedPipe(err error) bool {
	return errors.Is(err, syscall.ERROR_BROKEN_PIPE) || errors.Is(err, noData)
}
