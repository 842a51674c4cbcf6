package s3

import "time"

// turns tells how far things that are given out in order have come back, whatever order they come back in.
type turns struct {
	given int
	back  int              // all of the first so many are back
	early map[int]struct{} // came back before one that was given out earlier; no more than are under way
	marks []mark           // that are still to be reached
	last  mark             // the last one that was reached
	any   bool             // one was
}

// mark is what is true once all that was given out before it is back.
type mark struct {
	turn int
	from time.Time
	to   time.Time
}

// take gives the next turn out.
func (t *turns) take() int {
	t.given++
	return t.given - 1
}

// mark sets a mark behind all that was given out so far.
func (t *turns) mark(from, to time.Time) {
	m := mark{turn: t.given, from: from, to: to}
	if n := len(t.marks); n > 0 && t.marks[n-1].turn == m.turn {
		t.marks[n-1] = m
	} else {
		t.marks = append(t.marks, m)
	}
	t.pass()
}

// done takes a turn back.
func (t *turns) done(turn int) {
	if turn != t.back {
		if t.early == nil {
			t.early = map[int]struct{}{}
		}
		t.early[turn] = struct{}{}
		return
	}
	for t.back++; len(t.early) > 0; t.back++ {
		if _, ok := t.early[t.back]; !ok {
			break
		}
		delete(t.early, t.back)
	}
	t.pass()
}

func (t *turns) pass() {
	n := 0
	for n < len(t.marks) && t.marks[n].turn <= t.back {
		t.last, t.any = t.marks[n], true
		n++
	}
	t.marks = t.marks[n:]
}
