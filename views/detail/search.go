package detail

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/dustin/go-humanize"

	"taudit/theme"
	"taudit/views"
)

// maxSought is how many characters can be searched for.
const maxSought = 512

// search looks for text in the entry. While there is one, a line of the pane shows it.
type search struct {
	open   bool
	typing bool
	input  textinput.Model
	last   string // of the search before

	text    string         // what is looked for
	pattern *regexp.Regexp // the same; nil for nothing
	number  int            // of what is looked for and where: results of another are dropped
	origin  int32          // what was selected when it began
	hits    []int32        // in order: nodes of the tree, or blocks of the sheet
	known   bool           // hits are those of this number
	leap    bool           // the first of them is to be gone to
	at      int            // the hit that was gone to in a sheet; -1: none yet
	busy    int            // the number that is being looked for; 0: none
	forsake context.CancelFunc
}

// soughtMsg is what a search has found.
type soughtMsg struct {
	number int
	hits   []int32 // nil when it was given up
	done   bool
}

// compile makes a pattern of what a person looks for. Without a capital letter in it, it ignores case.
func compile(text string) *regexp.Regexp {
	if text == "" {
		return nil
	}
	how := "(?i)"
	if strings.ContainsFunc(text, unicode.IsUpper) {
		how = ""
	}
	return regexp.MustCompile(how + regexp.QuoteMeta(strings.ToValidUTF8(text, "")))
}

// openSearch begins to search.
func (p *Pane) openSearch() {
	s := &p.search
	in := textinput.New()
	in.Prompt, in.CharLimit = "", maxSought
	in.SetVirtualCursor(false)
	in.Focus()
	if s.text != "" {
		s.last = s.text
	}
	s.input, s.open, s.typing = in, true, true
	s.origin = p.scroll.cursor
	p.sheet.hex = false // digits are not searched
	p.lookFor("")
	p.arrange()
}

// lookFor asks for the matches of a text.
func (p *Pane) lookFor(text string) {
	s := &p.search
	s.text, s.pattern, s.leap = text, compile(text), true
	p.again()
}

// again asks for the matches anew, since they are looked for in something else.
func (p *Pane) again() {
	s := &p.search
	s.number++
	s.hits, s.known, s.at = nil, s.pattern == nil, -1
	if s.known {
		s.leap = false
	}
	if s.forsake != nil {
		s.forsake()
	}
	p.cached = ""
}

// closeSearch ends it where it has led to.
func (p *Pane) closeSearch() {
	s := &p.search
	if s.text != "" {
		s.last = s.text
	}
	s.open, s.typing = false, false
	p.lookFor("")
	p.arrange()
}

// seek looks for the matches off the UI goroutine.
func (p *Pane) seek(ctx context.Context) tea.Cmd {
	s := &p.search
	if !s.open || s.known || s.busy != 0 || !p.shown && p.bad == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	number, pattern, tree, blocks := s.number, s.pattern, p.tree, p.sheet.text.blocks
	s.busy, s.forsake = number, cancel
	if p.sheet.of == noSheet {
		return func() tea.Msg {
			defer cancel()
			hits, done := tree.matches(ctx, pattern)
			return soughtMsg{number, hits, done}
		}
	}
	return func() tea.Msg {
		defer cancel()
		var hits []int32
		for i := range blocks {
			if pattern.MatchString(blocks[i].text) {
				hits = append(hits, int32(i))
			}
		}
		return soughtMsg{number, hits, true}
	}
}

// matches lists the values that have a match in their name or in themselves, as written or as read. done is false when ctx was cancelled.
// It only reads what does not change when the tree is folded.
func (t *tree) matches(ctx context.Context, pattern *regexp.Regexp) (hits []int32, done bool) {
	for i := range t.nodes {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, false
		}
		if t.match(int32(i), pattern) {
			hits = append(hits, int32(i))
		}
	}
	return hits, true
}

func (t *tree) match(i int32, pattern *regexp.Regexp) bool {
	n := &t.nodes[i]
	if n.key.to > 0 {
		key := t.text[n.key.from:n.key.to]
		if inside := key[1 : len(key)-1]; pattern.MatchString(inside) || strings.Contains(inside, `\`) && pattern.MatchString(unquote(key)) {
			return true
		}
	}
	switch n.kind {
	case object, array:
		return false
	case text:
		value := t.text[n.value.from:n.value.to]
		inside := value[1 : len(value)-1]
		return pattern.MatchString(inside) || strings.Contains(inside, `\`) && pattern.MatchString(unquote(value))
	}
	return pattern.MatchString(t.text[n.value.from:n.value.to])
}

// take takes the matches that were found, unless something else is looked for by now.
func (p *Pane) take(msg soughtMsg) {
	s := &p.search
	if msg.number == s.busy {
		s.busy = 0
	}
	if msg.number != s.number || !msg.done {
		return
	}
	s.hits, s.known = msg.hits, true
	p.cached = ""
	if s.leap {
		s.leap = false
		p.nearest()
	}
}

// nearest goes to the first match from where the search began.
func (p *Pane) nearest() {
	s := &p.search
	if len(s.hits) == 0 {
		return
	}
	from := s.origin
	if p.sheet.of != noSheet {
		from = int32(p.sheet.text.top)
	}
	at, _ := slices.BinarySearch(s.hits, from)
	s.at = at % len(s.hits)
	p.reveal(s.hits[s.at])
}

// here is the place among the matches of what is selected, or of the first behind it; on tells whether it is one itself.
func (p *Pane) here() (at int, on bool) {
	s := &p.search
	if p.sheet.of == noSheet {
		return slices.BinarySearch(s.hits, p.scroll.cursor)
	}
	if s.at >= 0 { // it may be too near to the end to stand at the top
		return s.at, true
	}
	return slices.BinarySearch(s.hits, int32(p.sheet.text.top))
}

// walk goes n matches on from where the selection is, around the end.
func (p *Pane) walk(n int) {
	s := &p.search
	size := len(s.hits)
	if size == 0 {
		return
	}
	at, on := p.here()
	if n > 0 && !on {
		at-- // the one before
	}
	s.at = ((at+n%size)%size + size) % size
	p.reveal(s.hits[s.at])
}

// reveal goes to a match, and unfolds what hides it.
func (p *Pane) reveal(i int32) {
	if p.sheet.of != noSheet {
		p.sheet.text.to(int(i))
		p.cached = ""
		return
	}
	p.leaveKin()
	for a := p.tree.nodes[i].parent; a >= 0; a = p.tree.nodes[a].parent {
		if p.tree.nodes[a].folded {
			p.fold(a, false)
		}
	}
	p.scroll.to(i)
	p.moved, p.touched, p.cached = true, true, ""
}

// typed takes a key or a paste while what is looked for is typed.
func (p *Pane) typed(msg tea.Msg) {
	s := &p.search
	p.cached = ""
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "enter":
			s.typing = false
			if s.text == "" {
				p.lookFor(s.last)
			}
			if s.text == "" {
				p.closeSearch()
			}
			return
		case "esc", "ctrl+c":
			p.closeSearch()
			if len(p.tree.nodes) > int(s.origin) {
				p.scroll.to(p.tree.shown(s.origin))
			}
			return
		case "down", "ctrl+n":
			p.walk(1)
			return
		case "up", "ctrl+p":
			p.walk(-1)
			return
		}
	}
	s.input, _ = s.input.Update(msg)
	if text := s.input.Value(); text != s.text {
		p.lookFor(text)
	}
}

// count says how many matches there are and which of them is selected.
func (p *Pane) count() string {
	s := &p.search
	switch {
	case s.pattern == nil:
		return ""
	case !s.known:
		return "searching"
	case len(s.hits) == 0:
		return "no match"
	}
	of := humanize.Comma(int64(len(s.hits)))
	at, on := p.here()
	switch {
	case on:
		return humanize.Comma(int64(at+1)) + " of " + of
	case len(s.hits) == 1:
		return "1 match"
	}
	return of + " matches"
}

// searchLine draws what is looked for, and puts the cursor where it is typed.
func (p *Pane) searchLine(w int) string {
	s := &p.search
	r := p.newRow(w)
	r.space(1)
	r.put("/", p.theme.Key)
	count := p.count()
	room := max(r.left-p.text.Width(count)-3, 1)
	shown := s.text
	p.typeAt = -1
	if s.typing {
		chars := []rune(s.input.Value())
		before := p.text.Width(string(chars[:min(s.input.Position(), len(chars))]))
		skip := max(before-room+1, 0)
		p.typeAt = w - r.left + min(before-skip, room)
		if skip > 0 {
			r.from(shown, skip, room, p.theme.Row)
		} else {
			r.cell(shown, room, p.theme.Row)
		}
	} else {
		r.cell(shown, room, p.theme.Row)
	}
	r.space(r.left - p.text.Width(count) - 1)
	style := p.theme.Dim
	if len(s.hits) == 0 && s.known && s.pattern != nil {
		style = p.theme.Late
	}
	r.put(count, style)
	return r.done()
}

// marked adds text from data with what is looked for in it set off.
func (p *Pane) marked(r *row, s string, style theme.Style) {
	const most = 4096 // bytes, more than fit into any row
	pattern := p.search.pattern
	if pattern == nil || r.left <= 0 {
		r.put(s, style)
		return
	}
	for rest := s[:min(len(s), most)]; rest != "" && r.left > 0; {
		at := pattern.FindStringIndex(rest)
		if at == nil || at[1] == 0 {
			r.put(rest, style)
			return
		}
		if p.text.Width(rest[:at[1]]) > r.left { // it is cut before its end
			r.put(rest, style)
			return
		}
		r.put(rest[:at[0]], style)
		r.put(rest[at[0]:at[1]], p.theme.Match)
		rest = rest[at[1]:]
		if rest != "" && r.left == 0 {
			return
		}
	}
}

// Editing tells whether what is looked for is being typed.
func (p *Pane) Editing() bool { return p.search.typing }

// Cursor is where text is typed; it is hidden otherwise: the selected row is marked.
func (p *Pane) Cursor() *tea.Cursor {
	if !p.search.typing {
		return nil
	}
	p.View() // finds out where
	if p.typeAt < 0 {
		return nil
	}
	return tea.NewCursor(p.typeAt, p.layout.searchAt)
}

var _ views.Typist = (*Pane)(nil)
