package app

import (
	tea "charm.land/bubbletea/v2"

	"taudit/views"
)

// handBindings are the keys for it.
func handBindings(same func(a views.Action, text string, keys ...string) Binding) []Binding {
	return []Binding{
		{Action: views.Keep, Keys: []string{"+"}, List: "filter: keep what has the same, then " + respects(), Detail: "filter: keep what has this value", ShortDetail: "keep", With: views.Drop},
		{Action: views.Drop, Keys: []string{"-"}, List: "filter: drop what has the same, then as above", Detail: "filter: drop what has this value"},
		{Action: views.Only, Keys: []string{"="}, List: "filter by that alone, then as above", Detail: "filter by this value alone"},
		same(views.Period, "filter by time: the last "+offered(periods()), "T"),
		same(views.NextRequest, "next of the same request, also if the filter hides it", "o"),
		same(views.PrevRequest, "previous of the same request", "O"),
		same(views.NextError, "next error", "e"),
		same(views.PrevError, "previous error", "E"),
		{Action: views.NextSame, Keys: []string{"*"}, List: "next of the same operation", Detail: "next value of the same name"},
		{Action: views.PrevSame, Keys: []string{"#"}, List: "previous of the same operation", Detail: "previous value of the same name"},
		same(views.NextActor, "next of the same principal", "s"),
		same(views.PrevActor, "previous of the same principal", "S"),
		same(views.StepOn, "a minute later, or an hour or a day", "."),
		same(views.StepBack, "as much earlier", ","),
		same(views.StepLength, "steps of a minute, an hour or a day", ";"),
		same(views.Mark, "mark, or take the mark away", "m"),
		same(views.MarkRange, "mark all from the last mark to here", "M"),
		same(views.Note, "write a note", "a"),
		same(views.NextMark, "next mark or note, also if the filter hides it", "u"),
		same(views.PrevMark, "previous mark or note", "U"),
		same(views.Marks, "marks and notes", "4"),
		same(views.Compare, "compare: two marked entries, or this one with the previous for its target", "d"),
		{Action: views.History, Keys: []string{"gh"}, List: "history of the target: every entry that names it", Detail: "history of the selected value, or of the target"},
		{Action: views.Copy, Keys: []string{"y"}, List: "copy, then " + offered(copies()), Detail: "copy, then the same", Short: "copy", ShortDetail: "copy"},
	}
}

// investigate does what is asked of the selected entry; ok is false for an action that asks for something else.
func (m *Model) investigate(act views.Act) (cmd tea.Cmd, ok bool) {
	switch act.Action {
	case views.Copy:
		m.askCopy()
	case views.Keep, views.Drop, views.Only:
		cmd = m.pivot(act.Action)
	case views.Period:
		m.askPeriod()
	case views.NextSame, views.PrevSame:
		if m.has(m.focus, act.Action) {
			return m.send(m.focus, act), true
		}
		cmd = m.jump(act.Action, signed(act))
	case views.NextRequest, views.PrevRequest, views.NextError, views.PrevError, views.NextActor, views.PrevActor:
		cmd = m.jump(act.Action, signed(act))
	case views.StepOn, views.StepBack:
		cmd = m.step(signed(act))
	case views.StepLength:
		m.nextStride()
	case views.Mark:
		cmd = m.mark()
	case views.MarkRange:
		cmd = m.markRange()
	case views.Note:
		m.askNote()
	case views.Compare:
		cmd = m.compare()
	case views.NextMark, views.PrevMark:
		cmd = m.nextMark(signed(act))
	default:
		return nil, false
	}
	return cmd, true
}

// signed is how far a jump goes: back for those that go back.
func signed(act views.Act) int {
	switch act.Action {
	case views.PrevRequest, views.PrevError, views.PrevSame, views.PrevActor, views.PrevMark, views.StepBack:
		return -act.Count
	}
	return act.Count
}

// digit is a number that was typed with keys that go to panes, and the pane from which they were typed. n is 0 for none.
type digit struct{ n, focus int }

// then is the number with one more digit.
func (d digit) then(key string, focus int) digit {
	if d.n > 0 {
		focus = d.focus
	}
	return digit{times10(d.n, key), focus}
}

// times10 puts a digit behind a number.
func times10(n int, key string) int { return min(n*10+int(key[0]-'0'), 1_000_000) }

// counted takes digits that went to a pane for the count of a jump, which no other pane than the one they were typed in has a use for.
func (m *Model) counted(act views.Act, d digit) views.Act {
	if d.n == 0 || !goesAlong(act.Action) {
		return act
	}
	act.Count, act.Counted = d.n, true
	if d.focus == onDetail {
		m.opened = yes
	}
	m.focusOn(d.focus)
	return act
}

// goesAlong says whether an action goes to another entry of a thread, or of another time.
func goesAlong(a views.Action) bool {
	switch a {
	case views.NextRequest, views.PrevRequest, views.NextError, views.PrevError, views.NextSame, views.PrevSame, views.NextActor,
		views.PrevActor, views.NextMark, views.PrevMark, views.StepOn, views.StepBack:
		return true
	}
	return false
}
