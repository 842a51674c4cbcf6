package cli

import (
	"errors"
	"io"
	"syscall"
)

// gone tells the error of writing into a pipe that nobody reads any more.
func gone(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) || isClosedPipe(err)
}
