package page

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"taudit/views"
)

func TestPage(t *testing.T) {
	p := New()
	lines := []Line{{"version", "1.2"}, {"", ""}, {"sources", "kinesis://audit-prod and s3://acme-audit/firehose/, which is long"}, {"hostile", "a\x1b[2Jb\u202ec"}}
	for range 30 {
		lines = append(lines, Line{Text: "more"})
	}
	p.SetText("About taudit", lines)
	for _, size := range [][2]int{{0, 0}, {1, 1}, {3, 4}, {20, 10}, {80, 24}} {
		p.SetSize(size[0], size[1])
		rows := strings.Split(p.View(), "\n")
		if size[1] > 1 && len(rows) != size[1] {
			t.Errorf("%v: %d lines", size, len(rows))
		}
		for _, r := range rows {
			if n := ansi.StringWidth(r); n != size[0] && size[1] > 0 {
				t.Errorf("%v: %d cells: %q", size, n, r)
			}
		}
	}
	view := ansi.Strip(p.View())
	for _, want := range []string{" About taudit", " version  1.2", `a\x1b[2Jb\u202ec`, "1-22 of 34"} {
		if !strings.Contains(view, want) {
			t.Errorf("lacks %q:\n%s", want, view)
		}
	}
	p.Update(views.Act{Action: views.Bottom, Count: 1})
	if view := ansi.Strip(p.View()); !strings.Contains(view, "13-34 of 34") {
		t.Errorf("at the end:\n%s", view)
	}
	p.SetText("Other", nil)
	if view := ansi.Strip(p.View()); !strings.Contains(view, " Other") || strings.Contains(view, "more") {
		t.Errorf("%s", view)
	}
}
