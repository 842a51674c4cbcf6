package config

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"taudit/source"
)

const (
	positionsFormat = 1
	maxName         = 200                  // bytes of a file's name
	longestKept     = 366 * 24 * time.Hour // no stream keeps what is older
)

// PositionsDir is where positions belong by the XDG base directories: $XDG_STATE_HOME/taudit/positions, or what stands for it on this
// system.
func PositionsDir() string { return statePath("positions") }

// Positions keeps how far places were read, in a file for each of them. Any number of instances of taudit may share the files: writers
// exclude each other, a file is only ever replaced by a complete one, and of two positions in one part the later is kept. Its methods
// may be called from any goroutine; all but Take block on the file system.
type Positions struct {
	dir string

	mu    sync.Mutex
	taken map[string]map[string]source.Position // by place and part: what the files do not have yet
}

// NewPositions makes the keeper of a directory, which need not exist.
func NewPositions(dir string) *Positions {
	return &Positions{dir: dir, taken: map[string]map[string]source.Position{}}
}

// positions is what is in a file.
type positions struct {
	Place string              `json:"place"`
	Parts map[string]position `json:"parts"`
}

type position struct {
	After string    `json:"after,omitempty"`
	To    time.Time `json:"to"`
	Ended bool      `json:"ended,omitempty"`
}

// Load gives the positions that were kept of a place, in the order of their parts; none if there is no file for it. An error says what to
// do about a file that cannot be read.
func (p *Positions) Load(place string) ([]source.Position, error) {
	kept, err := p.load(place)
	if err != nil {
		return nil, err
	}
	var list []source.Position
	for _, part := range slices.Sorted(maps.Keys(kept.Parts)) {
		at := kept.Parts[part]
		list = append(list, source.Position{Place: place, Part: part, After: at.After, To: at.To, Ended: at.Ended})
	}
	return list, nil
}

func (p *Positions) load(place string) (positions, error) {
	file := p.file(place)
	kept, err := file.load()
	if err == nil && kept.Place != place && (kept.Place != "" || len(kept.Parts) > 0) {
		err = fmt.Errorf("reading %s: %w", file.what, &damagedError{file.path, file.what})
	}
	if err != nil {
		return positions{}, err
	}
	return kept, nil
}

// Take notes a position, to be written by the next Save. It never blocks for long.
func (p *Positions) Take(at source.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[at.Place] == nil {
		p.taken[at.Place] = map[string]source.Position{}
	}
	p.taken[at.Place][at.Part] = at
}

// Save writes what was taken since it last did. What cannot be written is kept for the next time. It waits for other writers, for two
// seconds at most.
func (p *Positions) Save(ctx context.Context) error {
	p.mu.Lock()
	taken := p.taken
	p.taken = map[string]map[string]source.Position{}
	p.mu.Unlock()
	var failed []error
	for _, place := range slices.Sorted(maps.Keys(taken)) {
		if err := p.save(ctx, place, taken[place]); err != nil {
			failed = append(failed, fmt.Errorf("keeping how far %s was read: %w", place, err))
			p.putBack(place, taken[place])
		}
	}
	return errors.Join(failed...)
}

// putBack is for positions that could not be written, unless newer ones came meanwhile.
func (p *Positions) putBack(place string, parts map[string]source.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	newer := p.taken[place]
	p.taken[place] = parts
	maps.Copy(parts, newer)
}

func (p *Positions) save(ctx context.Context, place string, taken map[string]source.Position) error {
	file := p.file(place)
	return locked(ctx, file.path, func() error {
		kept, err := p.load(place)
		if err != nil {
			return err
		}
		kept.Place = place
		if kept.Parts == nil {
			kept.Parts = map[string]position{}
		}
		newest := time.Time{}
		for part, at := range taken {
			kept.Parts[part] = later(kept.Parts[part], position{After: at.After, To: at.To.UTC(), Ended: at.Ended})
			if at.To.After(newest) {
				newest = at.To
			}
		}
		maps.DeleteFunc(kept.Parts, func(_ string, at position) bool { return newest.Sub(at.To) > longestKept })
		return file.write(kept)
	})
}

// later gives that of two positions in one part that is further on.
func later(a, b position) position {
	switch {
	case a.After != b.After && a.After != "" && b.After != "":
		// They are decimal numbers of many digits.
		if len(a.After) > len(b.After) || (len(a.After) == len(b.After) && a.After > b.After) {
			return a
		}
		return b
	case a.Ended && !b.Ended && a.After == b.After, a.To.After(b.To):
		return a
	}
	return b
}

// file is that of a place, whose name is the place's as far as file systems allow.
func (p *Positions) file(place string) state[positions] {
	var name strings.Builder
	for _, c := range []byte(place) {
		switch {
		case c == '/':
			name.WriteByte('+')
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.':
			name.WriteByte(c)
		default:
			fmt.Fprintf(&name, "%%%02X", c)
		}
	}
	text := name.String()
	// Names that differ in case alone are one file on some systems.
	if len(text) > maxName || strings.ToLower(text) != text || strings.Trim(text, ".") == "" {
		sum := sha256.Sum256([]byte(place))
		text = text[:min(len(text), maxName)] + "+" + hex.EncodeToString(sum[:8])
	}
	return state[positions]{path: filepath.Join(p.dir, text+".json"), what: "the positions of " + place, format: positionsFormat}
}
