package demo

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"taudit/source/emulator"
)

const (
	shards       = 2
	retention    = 24 * time.Hour
	fillInterval = 900 * time.Second // the bucket's history: the longest that Firehose buffers, for fewer objects
	liveInterval = time.Minute       // and the shortest, so that new entries come to the bucket soon
	reshardAfter = 5 * time.Minute
)

// stage is the account while it plays: its servers and what fills them.
type stage struct {
	seed    uint64
	entries int
	now     func() time.Time
	pace    time.Duration // zero: nothing new happens

	stream *emulator.Kinesis
	bucket *emulator.S3
	pack   *packer

	streamFull, bucketFull chan struct{} // closed when the history is there
	broken                 chan struct{} // closed when err is set
	err                    error
}

func newStage(seed uint64, c Config, pace time.Duration) (*stage, error) {
	s := &stage{
		seed: seed, entries: c.Entries, now: c.Now, pace: pace, pack: newPacker(),
		stream:     emulator.NewKinesis(emulator.KinesisOptions{Now: c.Now, Region: Region, Retention: retention}),
		bucket:     emulator.NewS3(emulator.S3Options{Now: c.Now, Region: Region}),
		streamFull: make(chan struct{}), bucketFull: make(chan struct{}), broken: make(chan struct{}),
	}
	if err := s.stream.CreateStream(DefaultStream, shards); err != nil {
		return nil, err
	}
	return s, s.bucket.CreateBucket(Bucket)
}

// perform fills the servers and then makes things happen until ctx ends.
func (s *stage) perform(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			s.fail(fmt.Errorf("unexpected: %v", p))
		}
	}()
	began := s.now()
	line := NewAccount(s.seed).Begin(Period{
		From: began.Add(-DefaultDays * day), To: began.Add(-5 * time.Second), Entries: s.entries,
	})
	hose, err := s.fill(ctx, line, began)
	if err == nil && s.pace > 0 {
		err = s.play(ctx, line, hose, began)
	}
	if err != nil && ctx.Err() == nil {
		s.fail(err)
	}
}

func (s *stage) fail(err error) {
	s.err = fmt.Errorf("the demo account has stopped: %w; start taudit again, or name a source of your own", err)
	close(s.broken)
}

// fill puts the history into the servers; it gives the Firehose with what is not yet in the bucket.
func (s *stage) fill(ctx context.Context, line *Timeline, now time.Time) (*firehose, error) {
	hose := newFirehose(s.seed, DefaultStream, fillInterval)
	var objects []object
	kept := now.Add(-retention)
	for p := range deliver(s.seed, line.History, now) {
		if !p.arrived.Before(kept) {
			if _, _, err := s.stream.PutAt(DefaultStream, partitionKey(&p), p.JSON, p.arrived); err != nil {
				return nil, err
			}
		}
		if o, ok := hose.add(&p); ok {
			objects = append(objects, o)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	close(s.streamFull)
	if s.pace > 0 {
		hose.every(liveInterval)
	} else if hose.open.records > 0 {
		o := hose.flush(now)
		o.closed = now
		objects = append(objects, o)
	}
	for _, o := range slices.Backward(objects) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if o.closed.After(now) {
			o.closed = now
		}
		if err := s.put(o); err != nil {
			return nil, err
		}
	}
	close(s.bucketFull)
	return hose, nil
}

// partitionKey spreads records over the shards.
func partitionKey(p *parcel) string {
	if p.probe {
		return probe
	}
	return p.LogID()
}

func (s *stage) put(o object) error {
	body, err := s.pack.pack(o.body)
	if err != nil {
		return err
	}
	return s.bucket.PutEncoded(Bucket, o.key, bytes.Clone(body), o.closed, "gzip")
}

// play makes things happen: a burst of entries about every pace.
func (s *stage) play(ctx context.Context, line *Timeline, hose *firehose, began time.Time) error {
	l := &live{stage: s, line: line, hose: hose, dice: newDice(s.seed, streamPace), reshard: began.Add(reshardAfter)}
	timer := time.NewTimer(l.wait())
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		if err := l.happen(s.now()); err != nil {
			return err
		}
		timer.Reset(l.wait())
	}
}

// live is the account after its history.
type live struct {
	*stage
	line    *Timeline
	hose    *firehose
	dice    dice
	reshard time.Time // zero: has been done
}

// wait draws the time to the next burst.
func (l *live) wait() time.Duration {
	return max(time.Duration(float64(l.pace)*(0.25+1.5*l.dice.Float64())), time.Millisecond)
}

// happen puts one burst on the stream, emitted since the one before, and what is due into the bucket.
func (l *live) happen(now time.Time) error {
	n := 1 + l.dice.IntN(4)
	if l.dice.chance(0.06) {
		n *= 4
	}
	for _, r := range l.line.Burst(now.Add(-200*time.Millisecond), n) {
		p := parcel{Record: r, arrived: now}
		if _, _, err := l.stream.Put(DefaultStream, partitionKey(&p), p.JSON); err != nil {
			return err
		}
		if o, ok := l.hose.add(&p); ok {
			if err := l.put(o); err != nil {
				return err
			}
		}
	}
	if o, ok := l.hose.tick(now); ok {
		if err := l.put(o); err != nil {
			return err
		}
	}
	if l.reshard.IsZero() || now.Before(l.reshard) {
		return nil
	}
	// Temporal may reshard a customer's stream when it gets busier.
	l.reshard = time.Time{}
	open := l.stream.Shards(DefaultStream)
	if len(open) == 0 {
		return nil
	}
	_, err := l.stream.Split(DefaultStream, open[0])
	return err
}
