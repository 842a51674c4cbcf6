package app

import (
	"testing"

	"taudit/source"
)

func TestScreenShowsGaps(t *testing.T) {
	const name = "kinesis audit-prod/us-east-1"
	m := screen(t, 80, 24, ModelOptions{}, stream(t))
	if shows(m, "gap") {
		t.Error("a gap is shown where there is none")
	}
	lost := func() source.Event {
		return source.Event{Source: name, Gaps: []source.Gap{{Source: name, Part: "1", Why: "trimmed before it was read"}}}
	}
	more(t, m, lost())
	if !shows(m, "1 gap ") {
		t.Errorf("the screen does not show the gap:\n%s", lines(t, m, 80, 24))
	}
	more(t, m, lost(), lost())
	if !shows(m, "3 gaps ") {
		t.Errorf("the screen does not show the gaps:\n%s", lines(t, m, 80, 24))
	}
}
