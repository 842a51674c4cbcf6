package demo

import "time"

// firehose joins records to objects as Amazon Data Firehose does by default: no delimiter, a new object every 300 seconds
// or 5 MiB, named by the arrival of its oldest record (Firehose developer guide, "Configure S3 object name format").
type firehose struct {
	stream   string
	dice     dice
	interval time.Duration
	free     func() []byte // gives an empty buffer, perhaps one used before

	window int64
	open   object
}

const (
	bufferInterval = 300 * time.Second
	bufferSize     = 5 << 20
)

// object is one object for the bucket, before compression.
type object struct {
	oldest  time.Time
	closed  time.Time // when it was written
	records int
	key     string
	body    []byte
}

func newFirehose(seed uint64, stream string, interval time.Duration) *firehose {
	return &firehose{
		stream: stream, dice: newDice(seed, streamNames), interval: interval,
		free: func() []byte { return nil },
	}
}

// add takes one record; done is the object that it completed, if any, which the record is not part of.
func (f *firehose) add(p *parcel) (done object, ok bool) {
	done, ok = f.tick(p.arrived)
	if !ok && len(f.open.body)+len(p.JSON) > bufferSize && f.open.records > 0 {
		done, ok = f.flush(p.arrived), true
	}
	if f.open.records == 0 {
		f.open.oldest = p.arrived
		f.open.body = f.free()[:0]
		f.window = floorDiv(p.arrived.UnixNano(), int64(f.interval))
	}
	f.open.records++
	f.open.body = append(f.open.body, p.JSON...)
	return done, ok
}

// every changes how long an object is open, also of the one that is.
func (f *firehose) every(interval time.Duration) {
	f.interval = interval
	f.window = floorDiv(f.open.oldest.UnixNano(), int64(interval))
}

// tick gives the open object if its time is over.
func (f *firehose) tick(now time.Time) (object, bool) {
	if f.open.records == 0 || floorDiv(now.UnixNano(), int64(f.interval)) <= f.window {
		return object{}, false
	}
	return f.flush(time.Unix(0, (f.window+1)*int64(f.interval)).UTC()), true
}

// flush closes the open object, which must hold something.
func (f *firehose) flush(now time.Time) object {
	o := f.open
	f.open = object{}
	o.closed = now.Add(f.dice.between(400*time.Millisecond, 4*time.Second).Truncate(time.Millisecond))
	at := o.oldest.UTC()
	b := make([]byte, 0, 128)
	b = at.AppendFormat(b, "2006/01/02/15/")
	b = append(b, f.stream...)
	b = append(b, "-1-"...)
	b = at.AppendFormat(b, "2006-01-02-15-04-05-")
	b = f.dice.uuid(b)
	b = append(b, ".gz"...)
	o.key = string(b)
	return o
}
