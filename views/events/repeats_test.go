package events

import (
	"context"
	"strings"
	"testing"
	"time"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/views"
)

// burst is a morning in which things repeat.
func burst() []audit.Entry {
	second := func(id, second, kind int) audit.Entry { return alike(id, second, kind) }
	out := []audit.Entry{second(0, 0, 0)}
	for i := range 14 {
		out = append(out, second(1+i, 2400+3*i, 1))
	}
	out = append(out, second(15, 2500, 0), second(16, 2570, 0), second(17, 2571, 2), second(18, 2572, 2))
	return append(out, second(19, 9000, 0), second(20, 9001, 1))
}

// laid gives a pane lines with repeats folded and gaps told.
func laid(p *Pane, s *store.Store, d views.Data) {
	d.Now, d.Store = now, s.Snapshot()
	layout := store.Layout{Fold: time.Minute, Gap: 30 * time.Minute}
	if d.Matches != nil && !d.Context {
		d.Lines = d.Matches.Lines(context.Background(), layout, nil)
	} else {
		d.Lines = d.Store.Lines(context.Background(), layout, d.Matches, nil)
	}
	p.SetData(d)
}

// signs are the first cells of each row and what stands in its column of the operation, of the rows that are not blank.
func signs(t *testing.T, p *Pane) []string {
	t.Helper()
	var out []string
	for _, l := range lines(t, p)[1:] {
		r := []rune(l)
		if strings.Contains(l, "entries") {
			out = append(out, strings.TrimSpace(l))
		} else if strings.TrimSpace(l) != "" {
			out = append(out, strings.Join(strings.Fields(string(r[:10])+string(r[14:41])), " "))
		}
	}
	return out
}

func TestRepeatsAreFoldedAndOpened(t *testing.T) {
	p, s := shown(80, 24, burst()...)
	laid(p, s, views.Data{})
	want := []string{
		"08:00:00 Operation0", "── 40m00s without entries ──", "▸08:40:00 Operation1 x14", "08:41:40 Operation0", "08:42:50 Operation0", "▸08:42:51 Operation2 x2",
		"── 1h47m without entries ──", "10:30:00 Operation0", "> 10:30:01 Operation1",
	}
	check := func(what string, want []string) {
		t.Helper()
		if got := signs(t, p); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	check("folded", want)
	if p.Held() || p.Place() != "21/21" {
		t.Errorf("held %t at %s", p.Held(), p.Place())
	}

	p.Move(-2)
	if got := selected(t, p); got != "id-000017" || p.Place() != "18/21" {
		t.Errorf("two up over a gap is %s, %s", got, p.Place())
	}
	if got := p.Summary(100); !strings.Contains(got, "x2 in 1s") {
		t.Errorf("%q", got)
	}
	do(p, views.Bytes)
	want[5] = ">▾08:42:51 Operation2 x2"
	want = append(want[:6:6], append([]string{"│08:42:52 Operation2"}, want[6:]...)...)
	want[8], want[9] = "10:30:00 Operation0", "10:30:01 Operation1"
	check("one is opened", want)
	do(p, views.Down)
	if got := selected(t, p); got != "id-000018" || !strings.Contains(p.Summary(100), "repeat 2 of 2") {
		t.Errorf("%s, %q", got, p.Summary(100))
	}
	do(p, views.Down)
	if got := selected(t, p); got != "id-000019" {
		t.Errorf("down over a gap is %s", got)
	}
	do(p, views.Up, views.Bytes)
	if got := selected(t, p); got != "id-000017" || p.run(p.cursor).Open {
		t.Errorf("folded from the second: %s, %+v", got, p.run(p.cursor))
	}

	// What is looked for inside a fold opens it.
	p.Select(s.Snapshot().At(5).Key())
	if got := selected(t, p); got != "id-000005" || p.Place() != "6/21" {
		t.Errorf("%s, %s", got, p.Place())
	}
	do(p, views.Bytes)
	p.SetSize(80, 8)
	p.Stand(s.Snapshot().At(7).Key(), 3)
	if got := selected(t, p); got != "id-000007" || p.Row() != 3 {
		t.Errorf("%s on row %d", got, p.Row())
	}
	p.Update(views.Act{Action: views.Bottom, Count: 16, Counted: true})
	if got := selected(t, p); got != "id-000015" {
		t.Errorf("16G goes to %s", got)
	}

	p.SetData(views.Data{Now: now, Store: s.Snapshot()})
	if got := selected(t, p); got != "id-000015" || p.count() != 21 {
		t.Errorf("with nothing folded %s is selected of %d", got, p.count())
	}
	laid(p, s, views.Data{})
	if n := p.count(); n != 9 {
		t.Errorf("%d lines: what was opened before is not folded", n)
	}
}

// The newest stays selected while it is folded into what it repeats.
func TestRepeatsAreFollowed(t *testing.T) {
	p, s := shown(80, 10, burst()...)
	laid(p, s, views.Data{})
	s.Append([]audit.Entry{alike(21, 9002, 1), alike(22, 9003, 1)})
	laid(p, s, views.Data{})
	if got := lines(t, p); p.Held() || !strings.HasPrefix(got[9], ">▸10:30:01") || !strings.Contains(got[9], "x3") {
		t.Errorf("held %t:\n%s", p.Held(), strings.Join(got, "\n"))
	}
	do(p, views.Bytes)
	if !p.Held() || selected(t, p) != "id-000020" || !p.run(p.cursor).Open {
		t.Errorf("opened: held %t, %s selected", p.Held(), selected(t, p))
	}
	do(p, views.Bytes, views.Follow)
	p.Hold()
	s.Append([]audit.Entry{alike(23, 9004, 1)})
	laid(p, s, views.Data{})
	if got := strings.Join(lines(t, p), "\n"); !strings.Contains(got, "x3") || strings.Contains(got, "x4") || p.News() != 1 {
		t.Errorf("while the view is held what arrives is counted there:\n%s", got)
	}
	do(p, views.Follow)
	if got := strings.Join(lines(t, p), "\n"); !strings.Contains(got, "x4") {
		t.Errorf("after that it is not:\n%s", got)
	}
}

// What is peculiar about one of many shows on the row that stands for them.
func TestFoldedRowsShowWhatTheyHide(t *testing.T) {
	p, s := shown(120, 24, burst()...)
	fifth := s.Snapshot().At(5).Key()
	laid(p, s, views.Data{Alert: func(k store.Key) string {
		if k == fifth {
			return "deletions"
		}
		return ""
	}})
	if got := lines(t, p)[3]; !strings.HasPrefix(got, " !08:40:00") || !strings.Contains(got, "deletio") {
		t.Errorf("%q", got)
	}
	laid(p, s, views.Data{Marks: one(fifth)})
	if got := lines(t, p)[3]; !strings.HasPrefix(got, " *08:40:00") {
		t.Errorf("%q", got)
	}
	if got := lines(t, p)[6]; !strings.HasPrefix(got, " ▸08:42:51") {
		t.Errorf("%q", got)
	}
}

// one marks one entry.
type one store.Key

func (k one) Of(r store.Row) (views.Marking, bool) {
	return views.Marking{Marked: true}, r.Is(store.Key(k))
}

func (one) List() []views.Marking { return nil }

func TestNothingToOpenIsSaid(t *testing.T) {
	p, s := shown(80, 24, burst()...)
	said := func() string {
		cmd := p.Update(views.Act{Action: views.Bytes, Count: 1})
		if cmd == nil {
			return ""
		}
		return cmd().(views.Say).Text
	}
	if got := said(); got != "Repeats are not folded here. X folds them." {
		t.Errorf("%q", got)
	}
	laid(p, s, views.Data{})
	if got := said(); got != "Nothing is folded here." {
		t.Errorf("%q", got)
	}
}

// Without the column of the operation the first that is left tells how often.
func TestRepeatsWithOtherColumns(t *testing.T) {
	p, s := shown(80, 24, burst()...)
	laid(p, s, views.Data{})
	if err := p.SetColumns([]Column{{Name: "time"}, {Name: "target"}, {Name: "principal"}}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(lines(t, p)[3]); len(got) < 3 || got[1] != "target" || got[2] != "x14" {
		t.Errorf("%q", got)
	}
}

// What is the first of its kind has a sign, says what is new about it, and of how much history that is said; also from inside of a fold.
func TestNewEntriesAreSigned(t *testing.T) {
	p, s := shown(120, 24, burst()...)
	snap := s.Snapshot()
	first, inside := snap.At(0), snap.At(5)
	d := views.Data{Loaded: 30 * 24 * time.Hour, New: map[uint64]store.Newness{
		first.Seq(): store.NewPrincipal | store.NewAddress, inside.Seq(): store.NewOperation,
	}}
	laid(p, s, d)
	if got := lines(t, p)[1]; !strings.HasPrefix(got, " +08:00:00") || !strings.HasSuffix(strings.TrimSpace(got), "new user") {
		t.Errorf("%q", got)
	}
	if got := lines(t, p)[3]; !strings.HasPrefix(got, " +08:40:00") || !strings.HasSuffix(strings.TrimSpace(got), "new op") {
		t.Errorf("%q", got)
	}
	p.Select(first.Key())
	if got := p.Summary(120); !strings.Contains(got, "new principal and address of 30 d loaded") {
		t.Errorf("%q", got)
	}
	for what, want := range map[store.Newness]string{
		store.NewAddress: "ip", store.NewAddress | store.NewOperation: "op", store.NewPrincipal | store.NewOperation: "user",
	} {
		if got := firstOf(what, first); got != want {
			t.Errorf("%d is %q, not %q", what, got, want)
		}
	}
}
