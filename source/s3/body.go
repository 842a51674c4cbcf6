package s3

import (
	"context"
	"io"
	"time"
)

// body is what an object holds, as it arrives. It tells a connection that broke from an object that is broken: whatever Read
// fails with is the connection's fault, and kept in err.
type body struct {
	in      io.ReadCloser
	etag    string
	size    int64 // as announced; -1 when it is not known
	timeout time.Duration
	late    context.Context // says whether the timeout has passed
	cancel  context.CancelCauseFunc

	received int64 // bytes
	counted  int64 // of them, in the status
	err      error
}

// Read gives up when nothing arrives for the timeout. Time between two calls does not count: it is the reader's.
func (b *body) Read(p []byte) (int, error) {
	timer := time.AfterFunc(b.timeout, func() { b.cancel(errLate) })
	n, err := b.in.Read(p)
	timer.Stop()
	b.received += int64(n)
	if err == io.EOF && b.size >= 0 && b.received < b.size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		err = timedOut(b.late, err)
		b.err = err
	}
	return n, err
}

// Close ends the call. What closing an answer fails with is of no consequence once it was read.
func (b *body) Close() {
	b.cancel(nil)
	_ = b.in.Close()
}
