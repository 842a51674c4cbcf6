package detail

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/theme"
	"taudit/views"
	"taudit/views/grid"
)

func TestBlocksAreTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(0, 8).Draw(t, "parts") {
			b.WriteString(strings.Repeat(rapid.SampledFrom([]string{"a", "a b ", "山", "\n", "\r\n", "\xff", "👩"}).Draw(t, "part"), rapid.IntRange(0, 900).Draw(t, "times")))
		}
		s := b.String()
		from := 0
		for i, bl := range blocks(s) {
			if len(bl.text) > maxBlock {
				t.Fatalf("block %d has %d bytes", i, len(bl.text))
			}
			if whole := strings.TrimSuffix(strings.TrimSuffix(s[from:bl.to], "\n"), "\r"); whole != bl.text {
				t.Fatalf("block %d is %q of %q", i, bl.text, whole)
			}
			from = bl.to
		}
		if from != len(s) {
			t.Fatalf("they end at %d of %d", from, len(s))
		}
	})
}

// However it is moved through, the pager shows what a list of all rows would.
func TestPagerShowsTheRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Repeat(rapid.SampledFrom([]string{"some words ", "x", "line\n", "a long line that is wrapped\nand a short one\n"}).Draw(t, "text"), rapid.IntRange(0, 300).Draw(t, "times"))
		w, h := rapid.IntRange(1, 60).Draw(t, "width"), rapid.IntRange(1, 20).Draw(t, "height")
		text := grid.TextFor(theme.NewGlyphs(false))
		g := newPager(s, text, rapid.Bool().Draw(t, "exact"))
		g.resize(text, w, h)
		var all []string
		for i := range g.blocks {
			all = append(all, g.rows(i)...)
		}
		at, last := 0, max(len(all)-h, 0)
		for range rapid.IntRange(1, 20).Draw(t, "acts") {
			n := rapid.IntRange(1, 5).Draw(t, "count")
			a := rapid.SampledFrom([]views.Action{views.Down, views.Up, views.PageDown, views.PageUp, views.HalfDown, views.HalfUp, views.Top, views.Bottom}).Draw(t, "act")
			switch a {
			case views.Down:
				at += n
			case views.Up:
				at -= n
			case views.PageDown:
				at += n * max(h-1, 1)
			case views.PageUp:
				at -= n * max(h-1, 1)
			case views.HalfDown:
				at += n * max(h/2, 1)
			case views.HalfUp:
				at -= n * max(h/2, 1)
			case views.Top:
				at = 0
			case views.Bottom:
				at = last
			}
			at = max(min(at, last), 0)
			g.act(a, n)
			got, percent := g.seen()
			if want := all[at:min(at+h, len(all))]; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("%s %d: %q, want %q", a, n, got, want)
			}
			if (percent == 100) != (at == last) {
				t.Fatalf("%d%% at %d of %d", percent, at, last)
			}
		}
	})
}

// What a dump shows are the bytes.
func TestDumpShowsTheBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "data")
		w := rapid.IntRange(30, 200).Draw(t, "width")
		p := New()
		p.SetSize(w, 400)
		p.ShowBad(audit.Bad{Raw: string(data), Size: len(data), Reason: "x"})
		p.sheet.hex = true
		var digits strings.Builder
		per := p.sheet.dump.per
		for i := range p.sheet.dump.window.Count {
			r := p.newRow(w)
			p.sheet.dump.draw(&r, i, theme.New(theme.Mono(), theme.NewGlyphs(false)))
			r.done()
			line := string(r.line.Plain())
			if got := line[1:9]; got != fmt.Sprintf("%08x", i*per) {
				t.Fatalf("offset %s in row %d", got, i)
			}
			digits.WriteString(strings.ReplaceAll(line[11:11+3*per+per/8], " ", ""))
			if want := rowOf(per); len(strings.TrimRight(line, " ")) > want {
				t.Fatalf("row of %d cells, want at most %d: %q", len(line), want, line)
			}
		}
		got, err := hex.DecodeString(digits.String())
		if err != nil || string(got) != string(data) {
			t.Fatalf("%x, want %x (%v)", got, data, err)
		}
	})
}

func TestBytesAndBack(t *testing.T) {
	p := pane(t, drawn, 80, 24)
	do(p, 5, views.Down)
	before, place := p.Path(), screen(t, p)
	do(p, views.Bytes)
	if got := screen(t, p); !strings.Contains(got, "Bytes as received  367, as text") || p.sheet.hex {
		t.Errorf("the bytes are not shown:\n%s", got)
	}
	var all strings.Builder
	for line := range strings.SplitSeq(screen(t, p), "\n") {
		all.WriteString(strings.TrimPrefix(strings.TrimRight(line, " "), " "))
	}
	if !strings.Contains(all.String(), drawn) {
		t.Errorf("the bytes are not those that were received: %s", all.String())
	}
	do(p, views.Open)
	if got := screen(t, p); !strings.Contains(got, "00000000  7b 22 65 6d 69 74 5f 74  69") {
		t.Errorf("not in hexadecimal:\n%s", got)
	}
	do(p, views.Bytes)
	if p.Path() != before || screen(t, p) != place {
		t.Errorf("back at %s:\n%s", p.Path(), screen(t, p))
	}
	do(p, views.Bytes)
	if !p.Close() || p.sheet.of != noSheet || p.Close() {
		t.Error("Esc has to go back to the tree, and then on")
	}
	do(p, views.Bytes)
	show(t, p, current)
	if p.sheet.of != rawBytes || !strings.Contains(screen(t, p), "terraform") {
		t.Errorf("the bytes of the next entry are not shown:\n%s", screen(t, p))
	}
}

func TestOpenShowsTheValueInFull(t *testing.T) {
	long := strings.Repeat("0123456789", 200_000)
	p := pane(t, `{"operation":"X","log_id":"1","a":{"text":"`+long+`"},"short":"y"}`, 80, 20)
	do(p, 3, views.Down, views.Right, views.Open)
	if p.Path() != ".a.text" || p.sheet.of != oneValue {
		t.Fatalf("at %s", p.Path())
	}
	if got := screen(t, p); !strings.Contains(got, " .a.text  2,000,000 bytes ") {
		t.Errorf("its head is\n%s", got)
	}
	digits := 0
	for range 100_000 {
		rows, percent := p.sheet.text.seen()
		for _, row := range rows {
			digits += len(row)
		}
		if percent == 100 {
			break
		}
		p.sheet.text.down(p.sheet.text.height)
	}
	if digits < len(long) || digits > len(long)+2000 {
		t.Errorf("%d digits of %d", digits, len(long))
	}
	do(p, views.Top, views.Wrap, views.FarRight)
	if got := screen(t, p); p.sheet.text.skip == 0 || !strings.Contains(got, "not wrapped") {
		t.Errorf("not sideways:\n%s", got)
	}
	do(p, views.FarLeft, views.Right, views.Left)
	if p.sheet.text.skip != 0 {
		t.Errorf("%d cells aside", p.sheet.text.skip)
	}
	// The same path in the next entry is opened too, if it is as long; if not, the tree is shown.
	show(t, p, `{"operation":"X","log_id":"2","a":{"text":"`+strings.Repeat("other ", 100)+`"}}`)
	if p.sheet.of != oneValue || !strings.Contains(screen(t, p), "other other") {
		t.Errorf("the next is not open:\n%s", screen(t, p))
	}
	show(t, p, `{"operation":"X","log_id":"3","a":{"text":"z"}}`)
	if p.sheet.of != noSheet || p.Path() != ".a.text" {
		t.Errorf("a short one is opened at %s", p.Path())
	}
}

func TestBadRecords(t *testing.T) {
	s := store.New(store.Limits{})
	bads := []audit.Bad{
		{Raw: "\x00\xffone", Size: 5, Reason: "not JSON", Origin: fromStream()},
		{Raw: "two", Size: 200_000, Reason: "cut off", Origin: audit.Origin{Source: "s3://b", Part: "a/b/c.gz"}, Offset: 1234},
	}
	_, probe := audit.NewDecoder().Decode([]byte("t"), audit.Origin{})
	bads = append(bads, probe...)
	s.AppendBad(bads)
	p := New()
	p.SetSize(80, 24)
	p.SetData(views.Data{Now: now, Store: s.Snapshot()})
	p.ShowBad(bads[0])
	if got := screen(t, p); !p.Examining() || !strings.Contains(got, "00 ff 6f 6e 65") || !strings.Contains(got, "not JSON. From shard 0001") {
		t.Errorf("the first is\n%s", got)
	}
	do(p, views.NextEntry)
	if got := screen(t, p); !strings.Contains(got, "From a/b/c.gz, byte 1,234.") || !strings.Contains(got, "The first 3 of 200,000 bytes were kept.") || !strings.Contains(got, "\n two ") {
		t.Errorf("the second is\n%s", got)
	}
	do(p, views.Bytes)
	if got := screen(t, p); !strings.Contains(got, "74 77 6f") {
		t.Errorf("x does not show its bytes in hexadecimal:\n%s", got)
	}
	do(p, 5, views.NextEntry)
	if got := screen(t, p); !strings.Contains(got, "This is the test value") {
		t.Errorf("the probe is not told from damage:\n%s", got)
	}
	do(p, 9, views.PrevEntry)
	if got := screen(t, p); !strings.Contains(got, "00 ff 6f 6e 65") {
		t.Errorf("not back at the first:\n%s", got)
	}
	if p.Close() {
		t.Error("there is nothing to close in it")
	}
	show(t, p, drawn)
	if p.Examining() || p.Path() != ".emit_time" || p.sheet.of != noSheet {
		t.Error("an entry does not take its place")
	}
}

func TestWheelScrolls(t *testing.T) {
	p := pane(t, big(400), 80, 24)
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if got := p.scroll.cursor; got != 4 {
		t.Errorf("at %d", got)
	}
	do(p, views.Bytes)
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	p.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if g := p.sheet.text; g.top == 0 && g.above != 3 {
		t.Errorf("at %d+%d", g.top, g.above)
	}
}
