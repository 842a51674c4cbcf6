package detail

import (
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"taudit/views"
)

// sheet is a text that is shown in the place of the tree and of all around it.
type sheet struct {
	of   sheetKind
	path string // of the value
	size int    // of what is shown, in bytes
	text pager
	hex  bool // the bytes are shown as such
	dump dump
}

// sheetKind says what is shown.
type sheetKind uint8

const (
	noSheet sheetKind = iota
	oneValue
	rawBytes  // of the entry, or of a bad record
	undecoded // the text of an entry that is no tree, below what is known of it
)

// covers tells whether the sheet takes all of the pane.
func (s *sheet) covers() bool { return s.of == oneValue || s.of == rawBytes }

// openValue shows the focused value in full.
func (p *Pane) openValue() {
	i := p.scroll.cursor
	said := p.tree.says(i)
	p.sheet = sheet{of: oneValue, path: p.Path(), size: len(said), text: newPager(said, p.text, false)}
	p.arrange()
}

// openBytes shows what was received: as text if that can be read, else in hexadecimal digits.
func (p *Pane) openBytes() {
	raw := p.raw()
	p.sheet = sheet{of: rawBytes, size: len(raw), hex: !legible(raw), text: newPager(raw, p.text, true), dump: dump{data: raw}}
	p.arrange()
}

// raw is what was received.
func (p *Pane) raw() string {
	if p.bad != nil {
		return p.bad.Raw
	}
	return p.entry.Raw
}

// closeSheet goes back to what was before.
func (p *Pane) closeSheet() {
	p.sheet = p.base()
	p.arrange()
}

// base is the sheet of an entry on which nothing is opened.
func (p *Pane) base() sheet {
	if p.shown && p.tree.err != nil {
		return sheet{of: undecoded, text: newPager(p.tree.text, p.text, true)}
	}
	return sheet{}
}

// actSheet answers an action while there is a sheet.
func (p *Pane) actSheet(a views.Action, n int) {
	s := &p.sheet
	switch a {
	case views.Open:
		if s.of == rawBytes {
			s.hex = !s.hex
		}
	case views.Wrap:
		if !s.hex {
			s.text.setWrap(!s.text.wrap)
		}
	default:
		if s.hex {
			s.dump.act(a, n)
		} else {
			s.text.act(a, n)
		}
	}
}

// sheetActions are those that a sheet answers.
func (p *Pane) sheetActions() []views.Action {
	s := &p.sheet
	out := []views.Action{views.Down, views.Up, views.Bytes}
	if s.of == rawBytes {
		out = append(out, views.Open)
	}
	if !s.hex {
		out = append(out, views.Wrap, views.Filter)
		if !s.text.wrap {
			out = append(out, views.Left, views.Right, views.FarLeft, views.FarRight)
		}
	}
	return append(out, views.HalfDown, views.HalfUp, views.PageDown, views.PageUp, views.Top, views.Bottom)
}

// resizeSheet gives the sheet its room: all of the pane but for the lines that say what it is.
func (p *Pane) resizeSheet() {
	s := &p.sheet
	w, h := p.layout.tree.width, p.layout.tree.height
	s.text.resize(p.text, w-2, h-len(p.caption()))
	s.dump.resize(w, h-len(p.caption()))
}

// caption says what a sheet shows, in lines that are not cut.
func (p *Pane) caption() []string {
	w := max(p.layout.tree.width-2, 1)
	most := max(p.layout.tree.height/2, 0)
	var lines []string
	switch {
	case p.sheet.of == undecoded:
		lines = p.text.Wrap("This entry is shown as it came: "+p.tree.err.Error()+".", w)
	case p.bad != nil:
		lines = p.text.Wrap(p.misfortune(), w)
	}
	if p.sheet.covers() {
		most = max(most, 1)
		lines = append(lines[:min(len(lines), most-1)], "")
	}
	return lines[:min(len(lines), most)]
}

// misfortune says why a record is no entry, and where it came from.
func (p *Pane) misfortune() string {
	b := p.bad
	out := "No entry could be read from these bytes: " + strings.TrimSuffix(b.Reason, ".") + "."
	if b.Probe() {
		out = "This is " + strings.TrimSuffix(b.Reason, ".") + "."
	}
	if where := origin(&b.Origin, false); where != "" {
		out += " From " + where
		if b.Offset > 0 || b.Origin.Position == "" {
			out += ", byte " + humanize.Comma(b.Offset)
		}
		out += "."
	}
	if !b.Origin.Arrived.IsZero() {
		out += " Arrived " + p.clock.Full(b.Origin.Arrived) + "."
	}
	if b.Size > len(b.Raw) {
		out += " The first " + humanize.Comma(int64(len(b.Raw))) + " of " + humanize.Comma(int64(b.Size)) + " bytes were kept."
	}
	return out
}

// drawSheet draws the sheet.
func (p *Pane) drawSheet() []string {
	s := &p.sheet
	w := p.layout.tree.width
	var lines []string
	caption := p.caption()
	if s.covers() && len(caption) > 0 {
		caption = caption[:len(caption)-1]
	}
	for _, text := range caption {
		r := p.newRow(w)
		r.space(1)
		r.put(text, p.theme.Late)
		lines = append(lines, r.done())
	}
	if s.covers() {
		lines = append(lines, p.sheetHead())
	}
	if s.hex {
		for i := s.dump.window.Top; i < s.dump.window.End(); i++ {
			r := p.newRow(w)
			s.dump.draw(&r, i, p.theme)
			lines = append(lines, r.done())
		}
		return lines
	}
	rows, _ := s.text.seen()
	for _, text := range rows {
		r := p.newRow(w)
		r.space(1)
		if s.text.skip > 0 {
			r.from(text, s.text.skip, r.left-1, p.theme.Row)
		} else {
			r.left--
			p.marked(&r, text, p.theme.Row)
			r.left++
		}
		lines = append(lines, r.done())
	}
	return lines
}

// sheetHead says what is shown, how much it is, and how far through it the view is.
func (p *Pane) sheetHead() string {
	s := &p.sheet
	percent := 0
	if s.hex {
		percent = s.dump.percent()
	} else {
		_, percent = s.text.seen()
	}
	right := strconv.Itoa(percent) + "% "
	r := p.newRow(p.layout.tree.width)
	room := r.left - len(right) - 1
	r.space(1)
	if s.of == oneValue {
		size := humanize.Comma(int64(s.size)) + " bytes"
		if !s.text.wrap {
			size += ", not wrapped"
		}
		r.end(s.path, min(p.text.Width(s.path), max(room-len(size)-2, 0)), p.theme.Path)
		r.space(2)
		r.put(size, p.theme.Dim)
	} else {
		form := "as text"
		switch {
		case s.hex:
			form = "in hexadecimal"
		case !s.text.wrap:
			form = "as text, not wrapped"
		}
		r.put("Bytes as received", p.theme.Title)
		r.put("  "+humanize.Comma(int64(s.size))+", "+form, p.theme.Dim)
	}
	r.space(r.left - len(right))
	r.put(right, p.theme.Dim)
	return r.done()
}
