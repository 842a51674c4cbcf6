package config

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"taudit/source/audit"
)

const (
	marksFormat = 1
	maxNote     = 16 << 10 // bytes
)

// MarksPath is where marks and notes belong: $XDG_STATE_HOME/taudit/marks.json, or what stands for it on this system.
func MarksPath() string { return statePath("marks.json") }

// Mark is what a person has put on an entry: a mark, a note, or both.
type Mark struct {
	ID     audit.ID
	Marked bool
	Note   string    // as it was typed; empty: none
	Set    time.Time // when it was last changed

	// What the entry is known by while it is not in memory. Its text was chosen by strangers.
	Time      time.Time // of the entry; zero when it has none of its own, or one of another millennium
	LogID     string
	Operation string
	Actor     string
}

// MarkSet are the marks at one moment. It is immutable and safe for any number of goroutines; the zero set has none.
type MarkSet struct {
	byID  map[audit.ID]Mark
	times map[int64]bool // of the entries, in nanoseconds; those that have none are 0
}

// Len counts the entries that are marked or noted.
func (s *MarkSet) Len() int { return len(s.byID) }

// Of gives what is on an entry.
func (s *MarkSet) Of(id audit.ID) (Mark, bool) {
	m, ok := s.byID[id]
	return m, ok
}

// List gives all marks in the order of their entries.
func (s *MarkSet) List() []Mark {
	return slices.SortedFunc(maps.Values(s.byID), func(a, b Mark) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		return strings.Compare(a.ID.String(), b.ID.String())
	})
}

// Dated says whether something is on an entry of that time; the zero time is that of entries without one. Most need no closer look.
func (s *MarkSet) Dated(t time.Time) bool { return s.times[nanoseconds(t)] }

// Is answers is:marked and is:noted of the filter language, and no to all else.
func (s *MarkSet) Is(e *audit.Entry, what string) bool {
	if !s.times[nanoseconds(e.EmitTime)] {
		return false // most entries need no identity
	}
	m, ok := s.byID[e.Identity()]
	return ok && m.is(what)
}

// At gives the times of the entries that are marked or noted, so that a search need not look at others; ok is false for anything else, and
// if one of them has no time.
func (s *MarkSet) At(what string) (times []time.Time, ok bool) {
	if what != isMarked && what != isNoted {
		return nil, false
	}
	for _, m := range s.byID {
		if !m.is(what) {
			continue
		}
		if nanoseconds(m.Time) == 0 {
			return nil, false
		}
		times = append(times, m.Time)
	}
	return times, true
}

// What marks answer after is: in a filter.
const (
	isMarked = "marked"
	isNoted  = "noted"
)

func (m *Mark) is(what string) bool {
	return what == isMarked && m.Marked || what == isNoted && m.Note != ""
}

// Marks keeps marks and notes by the identity of entries, so that they are there again after a restart, and when the same entries are read
// from elsewhere. Any number of instances of taudit may share the file; of two changes to one entry the later is kept. Set, Note and
// Remove return at once, and Save writes what they did. All methods may be called from any goroutine; Load and Save block on the file
// system.
type Marks struct {
	file state[marksState]
	set  atomic.Pointer[MarkSet]

	mu      sync.Mutex
	pending map[audit.ID]Mark // changes that the file does not have; a Mark that is neither marked nor noted is removed
}

// marksState is what the file holds.
type marksState struct {
	Marks []markState `json:"marks"`
}

type markState struct {
	ID        string    `json:"id"`
	Marked    bool      `json:"marked,omitempty"`
	Note      string    `json:"note,omitempty"`
	Set       time.Time `json:"set"`
	Time      time.Time `json:"time,omitzero"`
	LogID     string    `json:"log_id,omitempty"`
	Operation string    `json:"operation,omitempty"`
	Actor     string    `json:"actor,omitempty"`
}

// NewMarks makes the keeper of a file, which need not exist. It has no marks until Load.
func NewMarks(path string) *Marks {
	m := &Marks{
		file:    state[marksState]{path: path, what: "the marks and notes", format: marksFormat},
		pending: map[audit.ID]Mark{},
	}
	m.set.Store(&MarkSet{})
	return m
}

// Load reads the file; without one there are no marks. The error says what to do about a file that cannot be read.
func (m *Marks) Load() error {
	s, err := m.file.load()
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.publish(s.marks())
	return nil
}

// Marks gives the marks as they are now. It never blocks.
func (m *Marks) Marks() *MarkSet { return m.set.Load() }

// Set marks an entry, or takes the mark away; a note stays.
func (m *Marks) Set(e *audit.Entry, marked bool, now time.Time) {
	m.change(e, now, func(k *Mark) { k.Marked = marked })
}

// Note writes a note on an entry in the place of the one it has; an empty text removes it. A mark stays.
func (m *Marks) Note(e *audit.Entry, text string, now time.Time) error {
	switch {
	case len(text) > maxNote:
		return fmt.Errorf("the note has %d bytes, and at most %d can be kept", len(text), maxNote)
	case !utf8.ValidString(text):
		return errors.New("the note is no UTF-8, so it cannot be kept")
	}
	m.change(e, now, func(k *Mark) { k.Note = strings.TrimSpace(text) })
	return nil
}

// Remove takes the mark and the note of an entry away, which need not be in memory.
func (m *Marks) Remove(id audit.ID, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.set.Load().byID[id]; ok {
		m.put(Mark{ID: id, Set: now})
	}
}

// SetAll marks entries, or takes their marks away; notes stay.
func (m *Marks) SetAll(entries []audit.Entry, marked bool, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range entries {
		k := m.known(&entries[i])
		k.Marked, k.Set = marked, now.UTC()
		m.pending[k.ID] = k
	}
	m.publish(m.set.Load().byID)
}

func (m *Marks) change(e *audit.Entry, now time.Time, do func(*Mark)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.known(e)
	do(&k)
	k.Set = now.UTC()
	m.put(k)
}

// known is the mark of an entry, or one that says nothing yet.
func (m *Marks) known(e *audit.Entry) Mark {
	id := e.Identity()
	k, ok := m.set.Load().byID[id]
	if !ok {
		k = Mark{ID: id, LogID: e.LogID, Operation: e.Operation, Actor: e.Actor()}
		if nanoseconds(e.EmitTime) != 0 { // what else was written there is no time that JSON has
			k.Time = e.EmitTime
		}
	}
	return k
}

// put changes what is in memory, and has Save write it. The lock is held.
func (m *Marks) put(k Mark) {
	m.pending[k.ID] = k
	m.publish(m.set.Load().byID)
}

// publish makes marks those of now, with what has been changed since they were read. The lock is held.
func (m *Marks) publish(marks map[audit.ID]Mark) {
	n := &MarkSet{byID: maps.Clone(marks), times: map[int64]bool{}}
	if n.byID == nil {
		n.byID = map[audit.ID]Mark{}
	}
	apply(n.byID, m.pending)
	for _, k := range n.byID {
		n.times[nanoseconds(k.Time)] = true
	}
	m.set.Store(n)
}

// nanoseconds gives a time since 1970; 0 for none, and for one that 64 bits do not hold.
func nanoseconds(t time.Time) int64 {
	if y := t.Year(); y < 1700 || y > 2200 {
		return 0
	}
	return t.UnixNano()
}

func apply(marks, changes map[audit.ID]Mark) {
	for id, k := range changes {
		switch old, ok := marks[id]; {
		case ok && old.Set.After(k.Set): // by another instance
		case !k.Marked && k.Note == "":
			delete(marks, id)
		default:
			marks[id] = k
		}
	}
}

// Save writes what was changed since it last did, and takes in what other instances have written. What cannot be written is kept for the
// next time. It waits for other writers, for two seconds at most.
func (m *Marks) Save(ctx context.Context) error {
	m.mu.Lock()
	changes := maps.Clone(m.pending)
	m.mu.Unlock()
	if len(changes) == 0 {
		return nil
	}
	var marks map[audit.ID]Mark
	err := m.file.change(ctx, func(s *marksState) error {
		marks = s.marks()
		apply(marks, changes)
		*s = stateOf(marks)
		return nil
	})
	if err != nil {
		return fmt.Errorf("keeping marks and notes: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, k := range changes {
		if m.pending[id] == k {
			delete(m.pending, id)
		}
	}
	m.publish(marks)
	return nil
}

// marks reads what the file holds. What is no mark, as an editor may leave it, is passed over.
func (s *marksState) marks() map[audit.ID]Mark {
	marks := make(map[audit.ID]Mark, len(s.Marks))
	for _, k := range s.Marks {
		id, ok := parseID(k.ID)
		if !ok || !k.Marked && k.Note == "" {
			continue
		}
		marks[id] = Mark{
			ID: id, Marked: k.Marked, Note: k.Note, Set: k.Set.UTC(), Time: k.Time.UTC(),
			LogID: k.LogID, Operation: k.Operation, Actor: k.Actor,
		}
	}
	return marks
}

func stateOf(marks map[audit.ID]Mark) marksState {
	s := marksState{Marks: []markState{}}
	for _, k := range (&MarkSet{byID: marks}).List() {
		s.Marks = append(s.Marks, markState{
			ID: k.ID.String(), Marked: k.Marked, Note: k.Note, Set: k.Set.UTC(), Time: k.Time,
			LogID: k.LogID, Operation: k.Operation, Actor: k.Actor,
		})
	}
	return s
}

func parseID(text string) (id audit.ID, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(id) {
		return id, false
	}
	return audit.ID(b), true
}
