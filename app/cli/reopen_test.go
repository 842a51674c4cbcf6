package cli_test

import (
	"context"
	"errors"
	"testing"

	"taudit/source"
)

// named is a source that fails at once.
type named string

func (n named) Name() string { return string(n) }

func (n named) Run(context.Context, chan<- source.Event) error {
	return errors.New("there is no such stream")
}

// What could not go on is opened again by its name, as it was opened: one of the several that a reference stands for, and one that
// could not be opened before.
func TestReopen(t *testing.T) {
	w := newWorld(nil)
	opened := 0
	open := func(_ context.Context, ref string, _ source.Options) ([]source.Source, error) {
		opened++
		switch {
		case ref == "s3://closed" && opened < 3:
			return nil, errors.New("no credentials")
		case ref == "s3://closed":
			return []source.Source{named("s3://closed/")}, nil
		}
		return []source.Source{named("one of " + ref), named("two of " + ref)}, nil
	}
	w.Openers = map[string]source.Opener{"kinesis": open, "s3": open}
	w.width = 80
	w.run(t, "kinesis://audit", "s3://closed")
	reopen := w.shown.Desk.Reopen
	for name, want := range map[string]string{"two of kinesis://audit": "two of kinesis://audit", "s3://closed": "s3://closed/"} {
		list, err := reopen(t.Context(), name)
		if err != nil || len(list) != 1 || list[0].Name() != want {
			t.Errorf("%s is opened again as %v, %v", name, list, err)
		}
	}
	if _, err := reopen(t.Context(), "what was never read"); err == nil {
		t.Error("what was never read is opened again")
	}
}
