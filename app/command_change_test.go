package app

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"taudit/source"
	"taudit/source/audit"
)

func TestChangeWindow(t *testing.T) {
	all := morning(t)
	m := screen(t, 120, 40, ModelOptions{Desk: desk(t)}, stream(t))
	now := moment
	m.clock = func() time.Time { return now }
	order(m, "end")
	if got := said(m); got != "No change window has begun; :begin [NOTE] begins one." {
		t.Errorf("%q", got)
	}
	order(m, "begin who:terraform,alice widen retention of prod")
	if got := said(m); !strings.HasPrefix(got, "The change window has begun at 09:24:40Z;") {
		t.Errorf("%q", got)
	}
	now = now.Add(10 * time.Minute)
	inside := []audit.Entry{later(all[1], moment.Add(time.Minute)), later(all[11], moment.Add(2*time.Minute))}
	more(t, m, source.Event{Entries: inside})
	order(m, "filter op:Nothing") // it does not matter
	order(m, "end")
	view := ansi.Strip(m.View().Content)
	for _, want := range []string{
		"# Change window 2023-11-08 09:24:40 to 2023-11-08 09:34:40 UTC", "widen retention of prod", "2 entries, 0 of them not accepted, by 2 principals.",
		"user2@example.com", "UpdateNamespace", "FailoverNamespace",
	} {
		if !strings.Contains(view, want) {
			t.Errorf("the page lacks %q:\n%s", want, view)
		}
	}
	drive(m, "q")
	t.Chdir(t.TempDir())
	order(m, "end change.txt")
	if got := said(m); got != "The report is Markdown: name a file that ends in .md." {
		t.Errorf("%q", got)
	}
	order(m, "end change.md")
	if got := said(m); got != "Wrote what happened since 09:24:40Z to change.md, which only you can read." {
		t.Errorf("%q", got)
	}
	text, err := os.ReadFile("change.md")
	if err != nil || !strings.Contains(string(text), "2 entries, 0 of them not accepted") {
		t.Errorf("%s, %v", text, err)
	}
	order(m, "end change.md")
	if got := said(m); !strings.HasPrefix(got, "change.md is there already. Replace it?") {
		t.Errorf("%q", got)
	}
	drive(m, "y")
	if got := said(m); !strings.HasPrefix(got, "Wrote what happened") {
		t.Errorf("%q", got)
	}
	order(m, "begin again")
	if got := said(m); got != "A new change window has begun in the place of the one from 09:24:40Z." {
		t.Errorf("%q", got)
	}
}
