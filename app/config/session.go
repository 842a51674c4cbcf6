package config

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"taudit/source/audit"
)

const (
	sessionFormat = 1
	maxSessions   = 50 // of different sources are kept
	keepEvery     = 3 * time.Second
)

// SessionsDir is where sessions belong: $XDG_STATE_HOME/taudit/sessions, or what stands for it on this system.
func SessionsDir() string { return statePath("sessions") }

// Session is what a person left: it comes back when the same sources are opened again. Marks are kept by themselves (see [Marks]), since
// they belong to entries and not to a session.
type Session struct {
	View // filter, columns, layout, panes

	ViewName string `json:"view_name,omitempty"` // the saved view that it began with
	Place    Place  `json:"place,omitzero"`
	Focus    string `json:"focus,omitempty"` // the pane that had the keys
}

// Place is the entry that was selected.
type Place struct {
	ID     string    `json:"id,omitempty"`     // [audit.ID]; empty: none was
	Time   time.Time `json:"time,omitzero"`    // of the entry: where to stand when it is gone
	Row    int       `json:"row,omitempty"`    // of the screen, from the top of the list
	Held   bool      `json:"held,omitempty"`   // it did not follow the newest
	Opened bool      `json:"opened,omitempty"` // the entry was open
}

// IsZero says that nothing was selected.
func (p Place) IsZero() bool { return p == Place{} }

// PlaceOf is the place of an entry.
func PlaceOf(e *audit.Entry) Place {
	p := Place{ID: e.Identity().String()}
	if nanoseconds(e.Time()) != 0 {
		p.Time = e.Time()
	}
	return p
}

// Sessions keeps the last session of each set of sources, in a file for each. Instances of taudit with different sources do not share
// one; of those with the same the last to write counts.
type Sessions struct{ dir string }

type sessionState struct {
	Sources []string  `json:"sources"`
	Session Session   `json:"session"`
	Left    time.Time `json:"left"`
}

// NewSessions makes the keeper of a directory, which need not exist.
func NewSessions(dir string) *Sessions { return &Sessions{dir} }

// Load gives the last session of sources, as they stand on the command line; ok is false if there is none. It blocks on the file system.
func (s *Sessions) Load(sources []string) (last Session, left time.Time, ok bool, err error) {
	v, err := s.file(sources).load()
	if err != nil || !slices.Equal(v.Sources, sorted(sources)) {
		return Session{}, time.Time{}, false, err
	}
	return v.Session, v.Left, true, nil
}

func (s *Sessions) file(sources []string) state[sessionState] {
	h := sha256.New()
	for _, ref := range sorted(sources) {
		fmt.Fprintf(h, "%d:%s", len(ref), ref)
	}
	name := hex.EncodeToString(h.Sum(nil)[:12]) + ".json"
	return state[sessionState]{path: filepath.Join(s.dir, name), what: "the session", format: sessionFormat}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// save writes the session of sources; what is damaged is replaced, since it is worth nothing.
func (s *Sessions) save(ctx context.Context, sources []string, v Session, now time.Time) error {
	f := s.file(sources)
	_, err := os.Stat(f.path)
	if err := f.set(ctx, sessionState{sorted(sources), v, now.UTC()}); err != nil {
		return fmt.Errorf("keeping the session: %w", err)
	}
	if err != nil {
		return s.sweep()
	}
	return nil
}

// sweep removes the oldest sessions when there are too many.
func (s *Sessions) sweep() error {
	type aged struct {
		path string
		at   time.Time
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("removing old sessions: %w", err)
	}
	var all []aged
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasSuffix(e.Name(), ".json") {
			all = append(all, aged{filepath.Join(s.dir, e.Name()), info.ModTime()})
		}
	}
	slices.SortFunc(all, func(a, b aged) int { return cmp.Or(b.at.Compare(a.at), strings.Compare(a.path, b.path)) })
	for _, old := range all[min(maxSessions, len(all)):] {
		err = errors.Join(os.Remove(old.path), os.Remove(old.path+".lock"))
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing old sessions: %w", err)
	}
	return nil
}

// SessionKeeper writes a session every few seconds while it changes, and at the end, so that little is lost when the program is killed.
type SessionKeeper struct {
	sessions *Sessions
	sources  []string
	now      func() time.Time

	mu      sync.Mutex
	latest  Session
	changed bool
}

// Keep makes the keeper of the session of sources.
func (s *Sessions) Keep(sources []string, now func() time.Time) *SessionKeeper {
	return &SessionKeeper{sessions: s, sources: sources, now: now}
}

// Take notes how the session is now. It returns at once and may be called from any goroutine, such as that of the screen.
func (k *SessionKeeper) Take(s Session) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.latest.Equal(&s) {
		return
	}
	k.latest, k.changed = s, true
}

// Equal says whether two sessions are the same.
func (s *Session) Equal(o *Session) bool {
	return s.View.Equal(&o.View) && s.ViewName == o.ViewName && s.Place == o.Place && s.Focus == o.Focus
}

// Run writes until ctx is cancelled, and then once more. It gives the last error of writing, if it was not followed by a success.
func (k *SessionKeeper) Run(ctx context.Context) error {
	ticker := time.NewTicker(keepEvery)
	defer ticker.Stop()
	var failed error
	for {
		select {
		case <-ticker.C:
			failed = k.save(ctx, failed)
		case <-ctx.Done():
			return k.save(context.WithoutCancel(ctx), failed)
		}
	}
}

func (k *SessionKeeper) save(ctx context.Context, before error) error {
	k.mu.Lock()
	s, changed := k.latest, k.changed
	k.changed = false
	k.mu.Unlock()
	if !changed {
		return before
	}
	err := k.sessions.save(ctx, k.sources, s, k.now())
	if err != nil {
		k.mu.Lock()
		k.changed = true
		k.mu.Unlock()
	}
	return err
}
