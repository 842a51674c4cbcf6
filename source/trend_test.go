package source_test

import (
	"math"
	"testing"
	"time"

	"taudit/source"
)

func TestTrend(t *testing.T) {
	began := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	var v source.Trend
	if _, ok := v.Slope(); ok || !v.Above().IsZero() {
		t.Error("a trend that was told nothing tells something")
	}
	for n := range 300 {
		at := began.Add(time.Duration(n) * time.Second)
		value := 0.0
		if n >= 100 {
			value = 50 + 2.5*float64(n-100)
		}
		v.Add(at, value)
		slope, ok := v.Slope()
		switch {
		case n < 100 && (ok || !v.Above().IsZero()):
			t.Fatalf("after %d s without anything it is above zero", n)
		case n >= 100 && !v.Above().Equal(began.Add(100*time.Second)):
			t.Fatalf("after %d s it is above zero since %v", n, v.Above())
		case n > 120 && (!ok || math.Abs(slope-2.5) > 1e-9):
			t.Fatalf("after %d s the slope is %v, %v", n, slope, ok)
		}
	}
	before := v
	v.Add(began.Add(301*time.Second), 0)
	if !v.Above().IsZero() || before.Above().IsZero() {
		t.Error("a copy changes")
	}
	if _, ok := v.Slope(); ok {
		t.Error("what was before it was zero counts")
	}
}
