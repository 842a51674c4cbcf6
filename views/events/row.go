package events

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"taudit/source/store"
	"taudit/theme"
	"taudit/views/grid"
)

// lead is what stands before the columns: the cursor and the mark.
const lead = 2

// scrolls tells whether a column takes part in sideways scrolling.
func scrolls(column int) bool {
	switch column {
	case operationColumn, principalColumn, targetColumn, addressColumn, namespaceColumn, idColumn, partColumn:
		return true
	}
	return false
}

// compose builds the cells of an entry in p.line, with a cursor or a space before it. s is the line it stands on.
func (p *Pane) compose(r store.Row, s *slot, cursor string) {
	l, th := &p.line, p.theme
	l.Reset()
	sign, note := p.peculiar(r)
	if s.run.Entries > 1 && sign == "" {
		sign, note = p.repeated(s)
	}
	if p.within(r, s, p.marked) {
		if sign == th.Glyphs.Aside && cursor == " " {
			cursor = sign // it has two cells for two signs
		}
		sign = th.Glyphs.Mark
	}
	if p.width > 0 {
		l.Glyph(cursor, th.Row)
	}
	if p.width > 1 && sign == "" {
		l.Space(1)
	} else if p.width > 1 {
		l.Glyph(sign, th.Late)
	}
	x := lead
	for _, span := range p.spans {
		l.Space(span.X - x)
		x = span.X + span.Width
		switch p.kind(span) {
		case timeColumn:
			p.composeTime(r, span.Width)
		case resultColumn:
			word, style := p.result(r.Status())
			l.Cell(p.text, word, span.Width, style)
		case noteColumn:
			style := th.Late
			if note == "" {
				style = th.Row // blanks in a colour of their own cost a slow line as much as text
			}
			l.Cell(p.text, note, span.Width, style)
		default:
			text, wide := field(r, p.kind(span)), p.textWidth(span, s)
			if p.wraps {
				text, _ = p.split(text, wide)
			}
			l.CellFrom(p.text, text, p.skip, wide, th.Row)
			if wide < span.Width {
				p.composeTimes(s.run.Entries, span.Width-wide)
			}
		}
	}
	l.Space(p.width - x)
}

// textWidth is how wide the text of a column is: where repeats are folded one tells how many there are behind it.
func (p *Pane) textWidth(span grid.Span, s *slot) int {
	if p.kind(span) != p.counts || s.run.Entries < 2 || s.run.Nth > 0 {
		return span.Width
	}
	var buf [24]byte
	return max(span.Width-len(appendTimes(buf[:0], s.run.Entries)), 0)
}

func (p *Pane) composeTime(r store.Row, width int) {
	if r.Time().UnixNano() == 0 {
		p.line.Cell(p.text, "-", width, p.theme.Row)
		return
	}
	var buf [40]byte
	b := p.times.Append(buf[:0], r.Time(), p.data.Now)
	if len(b) != width {
		p.line.Cell(p.text, string(b), width, p.theme.Row)
		return
	}
	p.line.Bytes(b, p.theme.Row)
}

// peculiar gives the mark and the note of an entry, both empty for most.
func (p *Pane) peculiar(r store.Row) (sign, note string) {
	g, f := &p.theme.Glyphs, r.Flags()
	switch {
	case p.data.Context && p.isAside(r.Key()):
		return g.Aside, ""
	case p.alerted(r) != "":
		return alertSign, p.alerted(r)
	case f&store.Conflict != 0:
		return g.Conflict, "same id"
	case f&store.Rescued != 0:
		return g.Rescued, "rescued"
	case !r.Dated():
		return g.Undated, "arrived" // the time shown is that of its arrival, if any
	case f&store.Resent != 0:
		return g.Resent, "resent"
	}
	if took, late := r.Late(); late {
		return g.Late, "late " + brief(took)
	}
	if what := p.data.New[r.Seq()]; what != 0 {
		return g.New, "new " + firstOf(what, r)
	}
	return "", ""
}

// firstOf names what an entry is the first with, the most telling first, as short as the note is.
func firstOf(what store.Newness, r store.Row) string {
	switch {
	case what&store.NewPrincipal != 0 && isServiceAccount(r.PrincipalType()):
		return "sa"
	case what&store.NewPrincipal != 0:
		return "user"
	case what&store.NewOperation != 0:
		return "op"
	}
	return "ip"
}

// marked tells whether a person has put a mark or a note on an entry.
func (p *Pane) marked(r store.Row) bool {
	if p.data.Marks == nil {
		return false
	}
	_, ok := p.data.Marks.Of(r)
	return ok
}

// alertSign stands before what a watch rule means.
const alertSign = "!"

// alerted names the rule that means an entry.
func (p *Pane) alerted(r store.Row) string {
	if p.data.Alert == nil {
		return ""
	}
	return p.data.Alert(r.Key())
}

// isAside tells whether an entry does not match and is shown all the same.
func (p *Pane) isAside(k store.Key) bool {
	return p.data.Context && p.data.Matches != nil && !p.data.Matches.Has(k)
}

// brief is a duration in one unit: "6m", "3h", "12d".
func brief(d time.Duration) string {
	switch {
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < 24*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + "d"
}

// resultWidth is the width of the result: "ok", "ERR", or the beginning of what was written.
const resultWidth = 3

// result is the status in a word.
func (p *Pane) result(status string) (string, theme.Style) {
	switch {
	case strings.EqualFold(status, "OK"):
		return "ok", p.theme.OK
	case strings.EqualFold(status, "ERROR"):
		return "ERR", p.theme.Error
	case status == "":
		return "-", p.theme.Dim
	}
	runes := []rune(status[:min(len(status), resultWidth*utf8.UTFMax)])
	return strings.ToLower(string(runes[:min(len(runes), resultWidth)])), p.theme.Row
}

// field is the text of a column that is shown as it was written.
func field(r store.Row, column int) string {
	var s string
	switch column {
	case operationColumn:
		s = r.Operation()
	case principalColumn:
		s = principal(r)
	case targetColumn:
		s = r.Target()
	case addressColumn:
		s = address(r)
	case namespaceColumn:
		s = r.Namespace()
	case typeColumn:
		s = r.PrincipalType()
	case idColumn:
		s = r.LogID()
	case partColumn:
		s = r.Origin().Part
	}
	if s == "" {
		return "-"
	}
	return s
}

// principal is who acted, and what it is if not a person.
func principal(r store.Row) string {
	name, kind := r.Actor(), r.PrincipalType()
	switch {
	case name == "" || kind == "" || strings.EqualFold(kind, "user"):
		return name
	case isServiceAccount(kind):
		return name + " (sa)"
	}
	return name + " (" + kind + ")"
}

func isServiceAccount(kind string) bool {
	return strings.EqualFold(kind, "serviceaccount") || strings.EqualFold(kind, "service-account") || strings.EqualFold(kind, "service_account")
}

// address is the first hop that is not blank. The caller wrote it: it is a claim.
func address(r store.Row) string {
	for hop := range strings.SplitSeq(r.Forwarded(), ",") {
		if hop = strings.TrimSpace(hop); hop != "" {
			return hop
		}
	}
	return ""
}

// overflow is how many cells of the visible rows are cut at most.
func (p *Pane) overflow() int {
	p.arrange()
	most := 0
	for _, s := range p.slots {
		if s.gone {
			continue
		}
		r := p.rows.At(s.at)
		for _, span := range p.spans {
			if scrolls(p.kind(span)) {
				most = max(most, p.text.Width(field(r, p.kind(span)))-span.Width)
			}
		}
	}
	return most
}
