package kinesis

import (
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/cenkalti/backoff/v5"

	"taudit/source"
	"taudit/source/credentials"
)

// tries is how many failures in a row a reader that does not follow puts up with, which takes about a minute.
const tries = 8

// patience decides how long to wait after a failed call, longer after each failure in a row, with jitter so that the shards
// of a stream do not all come back at once.
type patience struct {
	follow bool

	throttled *backoff.ExponentialBackOff
	failing   *backoff.ExponentialBackOff
	refused   *backoff.ExponentialBackOff
	failures  int
}

func newPatience(follow bool, unit time.Duration) *patience {
	between := func(first, most time.Duration) *backoff.ExponentialBackOff {
		b := backoff.NewExponentialBackOff()
		b.InitialInterval, b.MaxInterval, b.Multiplier = first, most, 2
		return b
	}
	return &patience{
		follow:    follow,
		throttled: between(unit, 30*unit),
		failing:   between(unit, 30*unit),
		// A person logging in elsewhere wants to see it work, and until then nothing is gained by asking.
		refused: between(10*unit, 30*unit),
	}
}

// reset is for a call that succeeded.
func (p *patience) reset() {
	p.failures = 0
	p.throttled.Reset()
	p.failing.Reset()
	p.refused.Reset()
}

// wait gives what state a failure puts a part in and how long to wait, or false when trying again is no use.
func (p *patience) wait(err error) (source.State, time.Duration, bool) {
	switch {
	case credentials.Throttled(err):
		return source.Throttled, p.throttled.NextBackOff(), true
	case credentials.Refused(err):
		return source.Failing, p.refused.NextBackOff(), p.follow
	}
	p.failures++
	return source.Failing, p.failing.NextBackOff(), p.follow || p.failures < tries
}

func isExpiredIterator(err error) bool {
	var e *types.ExpiredIteratorException
	return errors.As(err, &e)
}

func isInvalid(err error) bool {
	var e *types.InvalidArgumentException
	return errors.As(err, &e)
}

func isNotFound(err error) bool {
	var e *types.ResourceNotFoundException
	return errors.As(err, &e)
}

// explain makes an error of action into one line for people.
func (c *caller) explain(err error, action string) error {
	// Other calls may find that it is only the shard that is gone.
	if action == actionList && isNotFound(err) {
		return c.noStream(err)
	}
	return credentials.Explain(err, action)
}

// noStream says that the stream is not there.
func (c *caller) noStream(err error) error {
	where := "the account of these credentials"
	if c.ref.ARN != "" {
		where = c.ref.ARN
	}
	return &noStreamError{
		text: fmt.Sprintf("there is no Kinesis stream %q in region %s (%s): check the name, --region and --profile; "+
			"\"aws kinesis list-streams\" shows what is there", c.ref.Name, c.ref.Region, where),
		err: err,
	}
}

type noStreamError struct {
	text string
	err  error
}

func (e *noStreamError) Error() string { return e.text }
func (e *noStreamError) Unwrap() error { return e.err }

// Cause is for [source.CauseOf].
func (e *noStreamError) Cause() source.Cause { return source.Gone }
