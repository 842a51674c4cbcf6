package source_test

import (
	"context"
	"errors"
	"testing"

	"taudit/source"
)

func TestSession(t *testing.T) {
	ctx := t.Context()
	asked := 0
	s := source.NewSession(func(_ context.Context, question string) (string, error) {
		asked++
		return "an answer to " + question, nil
	})
	if got, err := s.Ask(ctx, "a"); got != "an answer to a" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	s.Close()
	if _, err := s.Ask(ctx, "b"); !errors.Is(err, source.ErrTooLate) || asked != 1 {
		t.Errorf("asked %d times, the last with %v; want once, and that it is too late", asked, err)
	}
	for _, nobody := range []*source.Session{nil, source.NewSession(nil)} {
		if _, err := nobody.Ask(ctx, "c"); !errors.Is(err, source.ErrNobody) {
			t.Errorf("with nobody there: %v", err)
		}
		nobody.Close()
	}
}

func TestSessionFindsOutOnce(t *testing.T) {
	calls := 0
	find := func() (any, error) {
		calls++
		return calls, errors.New("a failure")
	}
	s := source.NewSession(nil)
	for range 3 {
		if got, err := s.Once("a", find); got != 1 || err == nil {
			t.Errorf("got %v, %v; want what was found first, failure included", got, err)
		}
	}
	if got, _ := s.Once("b", find); got != 2 {
		t.Errorf("got %v for another key, want 2", got)
	}
	var none *source.Session
	for want := 3; want < 5; want++ {
		if got, _ := none.Once("a", find); got != want {
			t.Errorf("got %v without a session, want %d: nothing is kept", got, want)
		}
	}
}
