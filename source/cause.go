package source

import "errors"

// Cause is why something cannot be read, as far as it decides what to do.
type Cause uint8

// The causes.
const (
	Unexplained Cause = iota
	Unreachable       // no answer comes, or not from AWS
	Denied            // who asks may not
	LoggedOut         // there are no credentials, or they are no longer good
	Gone              // what was to be read is not there
	Disabled          // a key, a region or an account that it needs is switched off
)

// CauseOf finds out why from an error: the first in its chain that has a method Cause tells. It is Unexplained for others.
func CauseOf(err error) Cause {
	var told interface{ Cause() Cause }
	if errors.As(err, &told) {
		return told.Cause()
	}
	return Unexplained
}

// Lasting tells whether it stays so until somebody does something about it.
func (c Cause) Lasting() bool { return c >= Denied }
