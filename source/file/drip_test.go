package file

import (
	"testing"
	"time"
)

// TestDrip: what comes by itself is read at once, what drips gathers, and what rushes is never kept waiting.
func TestDrip(t *testing.T) {
	type read struct {
		after time.Duration // since the read before
		n     int           // bytes
		want  time.Duration // to wait before the next read
	}
	const ms = time.Millisecond
	for name, reads := range map[string][]read{
		"bursts every two minutes": {{0, 7000, 0}, {2 * time.Minute, 500, 0}, {2 * time.Minute, 500, 0}},
		"a line ten times a second": {
			{0, 500, 0},
			{100 * ms, 500, gather},
			{gather, 1000, gather},
			{gather, 1000, gather},
		},
		"a rest in between": {
			{0, 500, 0},
			{100 * ms, 500, gather},
			{time.Second, 500, 0},
			{100 * ms, 500, gather},
		},
		"a file through a pipe": {{0, chunk, 0}, {ms, chunk, 0}, {ms, chunk, 0}, {ms, 100, 0}},
		"a thousand lines a second": {
			{0, 500, 0},
			{ms, 500, gather},
			{gather, 60_000, 0}, // the pipe was nearly full: half as long from now on
			{5 * ms, 3_000, gather / 2},
			{gather / 2, 30_000, 0},
			{5 * ms, 3_000, gather / 4},
			{gather / 4, 15_000, 0},
			{5 * ms, 3_000, gather / 8},
			{gather / 8, 7_500, gather / 8},
			{gather / 8, 7_500, gather / 8},
		},
		"it gets less": {
			{0, 100, 0},
			{ms, chunk, 0},
			{ms, chunk, 0},
			{5 * ms, 1_000, gather / 4},
			{gather / 4, 1_000, gather / 2},
			{gather / 2, 1_000, gather},
			{gather, 1_000, gather},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var d drip
			now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
			for i, r := range reads {
				now = now.Add(r.after)
				if got := d.came(r.n, now); got != r.want {
					t.Errorf("read %d: waits %v, want %v", i, got, r.want)
				}
			}
		})
	}
}

func TestAPauseEndsWithThePump(t *testing.T) {
	p := &pump{stop: make(chan struct{})}
	if !p.pause(0) || !p.pause(time.Millisecond) {
		t.Error("a pause ended the reading")
	}
	close(p.stop)
	if p.pause(time.Hour) {
		t.Error("a pump that was stopped reads on")
	}
}
