package config

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"
	"github.com/gofrs/flock"
)

const (
	patience = 2 * time.Second // for other instances that write
	maxState = 64 << 20        // bytes of a state file; more is damage
)

// statePath is where a file belongs by the XDG base directories: $XDG_STATE_HOME/taudit, or what stands for it on this system.
func statePath(name string) string { return filepath.Join(xdg.StateHome, "taudit", name) }

// CopiesDir is where files belong of what is too long to be copied through a terminal.
func CopiesDir() string { return statePath("copies") }

// locked waits until no other instance writes a file, for two seconds at most, and calls do. The directory of the file is made.
func locked(ctx context.Context, path string, do func() error) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// The file itself cannot carry the lock: it is replaced.
	l := flock.New(path+".lock", flock.SetPermissions(0o600))
	const again = 5 * time.Millisecond
	if _, err := l.TryLockContext(ctx, again); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("another taudit has held %s for too long: %w", l.Path(), err)
		}
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return do()
}

// replace puts a new file in the place of the old one, at once: whoever reads it, and whatever happens to the machine, finds the one or the
// other. Whoever calls it holds the lock.
func replace(path string, text []byte) error {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		path = p // the link stays
	}
	// The lock is held: one name is enough, and what a crash has left under it is overwritten.
	temp := path + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	syncDir(filepath.Dir(path))
	return nil
}

// syncDir has a rename survive a power failure. Not every system can do that to a directory, and the file is whole without it.
func syncDir(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}

// state is a file that holds a T as JSON beside the number of its format. Any number of instances of taudit may share it. A format
// only ever gains members: what an older taudit wrote is read by a newer one, which knows what their absence means, and a file of a
// newer one is neither read nor overwritten.
type state[T any] struct {
	path   string
	what   string // for errors: "the marks"
	format int    // the one that is written
}

// versioned is what is in the file.
type versioned[T any] struct {
	Format int `json:"format"`
	State  T   `json:"state"`
}

// damagedError is a file that holds something else than it should.
type damagedError struct{ path, what string }

func (e *damagedError) Error() string {
	return fmt.Sprintf("%s is damaged and was left as it is; move it away, and %s begin anew", e.path, e.what)
}

// load gives what the file holds; without one, the zero T.
func (s state[T]) load() (T, error) {
	var v versioned[T]
	text, err := readState(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return v.State, nil
	case err != nil:
		return v.State, fmt.Errorf("reading %s: %w", s.what, err)
	}
	// The number alone comes first: a newer format need not fit T.
	var number struct {
		Format int `json:"format"`
	}
	err = json.Unmarshal(text, &number)
	if err == nil && number.Format > s.format {
		return v.State, fmt.Errorf("reading %s: %s was written by a newer taudit, in format %d, and is left as it is; use that one", s.what, s.path, number.Format)
	}
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil || number.Format < 1 {
		var zero T
		return zero, fmt.Errorf("reading %s: %w", s.what, &damagedError{s.path, s.what})
	}
	return v.State, nil
}

func readState(path string) (text []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err = io.ReadAll(io.LimitReader(f, maxState+1))
	if err == nil && len(text) > maxState {
		text = nil // more than was ever written
	}
	return text, err
}

// change reads the file, lets do change what it holds and writes it, while no other instance does. An error of do leaves the file as it
// was.
func (s state[T]) change(ctx context.Context, do func(*T) error) error {
	return locked(ctx, s.path, func() error {
		v, err := s.load()
		if err != nil {
			return err
		}
		if err := do(&v); err != nil {
			return err
		}
		return s.write(v)
	})
}

// set writes the file whatever it held, unless a newer taudit wrote it.
func (s state[T]) set(ctx context.Context, v T) error {
	return locked(ctx, s.path, func() error {
		_, err := s.load()
		if damage := new(damagedError); err != nil && !errors.As(err, &damage) {
			return err
		}
		return s.write(v)
	})
}

func (s state[T]) write(v T) error {
	text, err := json.MarshalIndent(versioned[T]{s.format, v}, "", " ")
	if err == nil {
		err = replace(s.path, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", s.what, err)
	}
	return nil
}
