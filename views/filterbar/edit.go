package filterbar

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/source/query"
)

// maxLength is how many characters a filter may have. Longer ones are pasted by mistake, and each key would be felt.
const maxLength = 4096

// editing is the state of a line that is being typed.
type editing struct {
	input textinput.Model
	text  string // what was last looked at

	told phrase       // the last filter that others know
	good phrase       // the last that means something
	mute bool         // text means nothing yet, or not any more: good is of before
	err  *query.Error // why Enter would refuse the text; nil: it would not
	late bool         // err is only about what is not typed yet

	message string // about the last key
	failed  bool   // the last key was Enter, and the text has an error
	skip    int    // sideways, in cells
	x       int    // column of the cursor when it was last drawn
	below   int    // lines between the text and the list, then

	menu  *menu
	asked string // the field of the place of the cursor

	walk   int    // which of the history is shown; as many as there are: none
	draft  string // what was typed before walking
	search *search
}

// Open begins to edit the filter.
func (p *Pane) Open() tea.Cmd {
	if p.edit != nil {
		return nil
	}
	in := textinput.New()
	in.Prompt, in.CharLimit, in.KeyMap = "", maxLength, inputKeys()
	in.SetVirtualCursor(false)
	in.Focus()
	in.SetValue(p.committed.text)
	in.CursorEnd()
	p.edit = &editing{input: in, text: in.Value(), told: p.committed, good: p.committed, walk: len(p.history)}
	p.read()
	p.stale = true
	return p.want()
}

// close ends editing. A pause that is waited for belongs to nothing any more.
func (p *Pane) close() {
	p.edit = nil
	p.number++
	p.stale = true
}

// Update answers a key or a paste while the line is edited, and a pause.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	if p.edit == nil {
		return nil
	}
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case Paused:
		return p.paused(msg)
	case tea.KeyPressMsg:
		cmd = p.key(msg)
	case tea.PasteMsg:
		p.edit.message = ""
		p.paste(msg)
	default:
		return nil
	}
	p.stale = true
	if p.edit == nil {
		return cmd
	}
	return tea.Batch(cmd, p.changed(), p.want())
}

func (p *Pane) key(msg tea.KeyPressMsg) tea.Cmd {
	b, bound := p.keys[msg.String()]
	if !bound && msg.Text == "" {
		return nil
	}
	p.edit.message, p.edit.failed = "", false
	if p.edit.search != nil && p.searchKey(msg) {
		return nil
	}
	if bound {
		return b.run(p, msg)
	}
	p.edit.message = tooLong(p.edit.input.Value(), msg.Text)
	return p.input(msg)
}

func (p *Pane) paste(msg tea.PasteMsg) {
	if s := p.edit.search; s != nil {
		p.searchFor(s.term + oneLine(msg.Content))
		return
	}
	p.edit.message = tooLong(p.edit.input.Value(), msg.Content)
	p.edit.input, _ = p.edit.input.Update(msg)
}

func tooLong(have, more string) string {
	if utf8.RuneCountInString(have)+utf8.RuneCountInString(more) <= maxLength {
		return ""
	}
	return cut()
}

func cut() string {
	return "a filter has at most " + humanize.Comma(maxLength) + " characters; the rest is left out"
}

// oneLine makes typed or pasted text fit for a line, as the text field does.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r == utf8.RuneError || unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}

// read finds out what the text means.
func (p *Pane) read() {
	e := p.edit
	e.mute, e.err, e.late = false, nil, false
	if _, err := query.Parse(e.text); err != nil {
		errors.As(err, &e.err)
		e.late = true
	}
	q, err := query.Preview(e.text)
	if err == nil {
		e.good = phrase{e.text, q}
		return
	}
	e.mute = true
	var wrong *query.Error
	// At the end of the text nothing is wrong, but something is missing: what, the strict reading tells best.
	if errors.As(err, &wrong) && wrong.Column <= utf8.RuneCountInString(e.text) {
		e.err, e.late = wrong, false
	}
}

// changed looks at the text again and waits for a pause, if it is another one.
func (p *Pane) changed() tea.Cmd {
	e := p.edit
	text := e.input.Value()
	if text == e.text {
		p.follow()
		return nil
	}
	e.text = text
	p.read()
	if e.menu != nil {
		p.openMenu(false)
	}
	p.number++
	if e.mute {
		return nil
	}
	number := p.number
	return tea.Tick(pause, func(time.Time) tea.Msg { return Paused{number} })
}

// paused tells others of the filter that was typed, unless more was typed meanwhile.
func (p *Pane) paused(msg Paused) tea.Cmd {
	e := p.edit
	if msg.number != p.number || e.mute || e.good.query.Equal(e.told.query) {
		return nil
	}
	e.told = e.good
	return send(Changed{e.good.text, e.good.query})
}

// enter commits the filter, or takes what is selected in the list.
func (p *Pane) enter() tea.Cmd {
	e := p.edit
	if e.menu != nil && e.menu.entered && len(e.menu.items) > 0 {
		p.take(e.menu.items[e.menu.window.Cursor])
		return nil
	}
	text := strings.TrimSpace(e.input.Value())
	q, err := query.Parse(text)
	if err != nil {
		closed, ok := closeOpen(text)
		if !ok {
			e.failed, e.menu = true, nil
			return nil
		}
		text, q = closed.text, closed.query
	}
	p.committed = phrase{text, q}
	p.remember(text)
	p.close()
	return send(Committed{text, q})
}

// escape closes the list, else gives up editing.
func (p *Pane) escape() tea.Cmd {
	if p.edit.menu != nil {
		p.edit.menu = nil
		return nil
	}
	p.close()
	return send(Cancelled{p.committed.text, p.committed.query})
}

// clear empties the line.
func (p *Pane) clear() tea.Cmd {
	p.settle()
	p.edit.input.Reset()
	p.edit.menu = nil
	return nil
}

// closeOpen closes brackets and quotes that are still open. ok is false if that is not what the text lacks.
func closeOpen(text string) (phrase, bool) {
	want, err := query.Preview(text)
	if err != nil {
		return phrase{}, false
	}
	for brackets := range min(strings.Count(text, "("), 100) + 1 {
		// A backslash at the end would take the quote's meaning.
		for _, quote := range []string{"", `"`, `\"`} {
			s := text + quote + strings.Repeat(")", brackets)
			if q, err := query.Parse(s); err == nil && q.Equal(want) {
				return phrase{s, q}, true
			}
		}
	}
	return phrase{}, false
}
