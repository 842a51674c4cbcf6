package credentials

import "taudit/source"

// Permits remembers which actions are denied, so that they are not asked for again and again: each denial is noted in the account's own audit
// log. The zero value knows of none. It is for one goroutine at a time.
type Permits struct{ denied map[string]bool }

// Try makes a call that needs an action, unless that is known to be denied. If the call did not succeed, it gives what to say of it.
func (p *Permits) Try(action string, call func() error) (note source.Fact, ok bool) {
	note = source.Fact{Name: action, Text: "not permitted, and not needed to read", Verdict: source.Noted}
	if p.denied[action] {
		return note, false
	}
	switch err := call(); {
	case err == nil:
		return source.Fact{}, true
	case Denied(err):
		if p.denied == nil {
			p.denied = map[string]bool{}
		}
		p.denied[action] = true
	default:
		note.Text = "not known, and not needed to read: " + Explain(err, "").Error()
	}
	return note, false
}
