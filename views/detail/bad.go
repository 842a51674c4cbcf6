package detail

import (
	"taudit/source/audit"
	"taudit/views"
)

// ShowBad shows bytes that no entry could be read from, in the place of an entry.
func (p *Pane) ShowBad(b audit.Bad) {
	p.Clear()
	p.bad = &b
	p.openBytes()
}

// Examining tells whether that is what is shown.
func (p *Pane) Examining() bool { return p.bad != nil }

// Examined gives those bytes; ok is false while an entry is shown, or nothing.
func (p *Pane) Examined() (raw string, ok bool) {
	if p.bad == nil {
		return "", false
	}
	return p.bad.Raw, true
}

// actBad answers an action while bytes are shown that are no entry. The next and the previous of them are those that the log still has.
func (p *Pane) actBad(a views.Action, n int) {
	p.cached = ""
	switch a {
	case views.NextEntry:
		p.otherBad(n)
	case views.PrevEntry:
		p.otherBad(-n)
	case views.Filter:
		p.openSearch()
	case views.NextMatch:
		p.walk(n)
	case views.PrevMatch:
		p.walk(-n)
	case views.Bytes:
		p.actSheet(views.Open, 1)
	default:
		p.actSheet(a, n)
	}
}

// otherBad shows the bad record that is n further on among the newest, which are the ones that are kept.
func (p *Pane) otherBad(n int) {
	if p.kin.snapshot == nil {
		return
	}
	bads := p.kin.snapshot.Bad()
	for i := range bads {
		if bads[i] == *p.bad {
			p.bad = &bads[max(min(i+n, len(bads)-1), 0)]
			p.openBytes()
			return
		}
	}
}
