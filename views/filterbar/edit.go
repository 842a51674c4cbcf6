package filterbar

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"taudit/source/query"
	"taudit/views/prompt"
)

// maxLength is how many characters a filter may have. Longer ones are pasted by mistake, and each key would be felt.
const maxLength = 4096

// editing is the state of a line that is being typed.
type editing struct {
	*prompt.Line
	text string // what was last looked at

	told phrase       // the last filter that others know
	good phrase       // the last that means something
	mute bool         // text means nothing yet, or not any more: good is of before
	err  *query.Error // why Enter would refuse the text; nil: it would not
	late bool         // err is only about what is not typed yet

	failed bool // the last key was Enter, and the text has an error
	x      int  // column of the cursor when it was last drawn
	below  int  // lines between the text and the list, then

	list  list   // about the menu, while there is one
	asked string // the field of the place of the cursor
}

// Open begins to edit the filter.
func (p *Pane) Open() tea.Cmd {
	if p.edit != nil {
		return nil
	}
	line := prompt.New(what, p.committed.text, maxLength, &p.history, prompt.Owner{
		Enter: p.enter, Escape: p.escape, Take: p.take, None: p.none,
		Open: func(entered bool) {
			p.edit.asked = "" // ask again, if need be
			p.openMenu(entered)
		},
	})
	p.edit = &editing{Line: line, text: line.Text(), told: p.committed, good: p.committed}
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
		p.edit.Paste(msg)
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
	e, failed := p.edit, p.edit.failed
	e.failed = false
	cmd, handled := e.Key(msg)
	if !handled {
		e.failed = failed
	}
	return cmd
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
	text := e.Line.Text()
	if text == e.text {
		p.follow()
		return nil
	}
	e.text = text
	p.read()
	if e.Menu != nil {
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

// enter commits the filter.
func (p *Pane) enter() tea.Cmd {
	e := p.edit
	text := strings.TrimSpace(e.Line.Text())
	q, err := query.Parse(text)
	if err != nil {
		closed, ok := closeOpen(text)
		if !ok {
			e.failed, e.Menu = true, nil
			return nil
		}
		text, q = closed.text, closed.query
	}
	p.committed = phrase{text, q}
	p.history.Add(text)
	p.close()
	return send(Committed{text, q})
}

// escape gives up editing.
func (p *Pane) escape() tea.Cmd {
	p.close()
	return send(Cancelled{p.committed.text, p.committed.query})
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
