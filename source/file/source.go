// Package file reads audit log entries from a file, from all files below a directory, which may be a copy of a bucket, and from
// standard input or another pipe. What a file holds is told by its bytes: any framing and compression that package audit knows.
//
// Files may be growing while they are read. The last entry of one is often there only in part: when following, it waits for its
// rest, and is reported as damage only when the file has not changed for a while. Files are looked at again and again rather
// than watched by the system, which works on every file system and in containers.
package file

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// Stdin is the reference to standard input.
const Stdin = "-"

// Config tunes a source. Zero values stand for the defaults.
type Config struct {
	Poll        time.Duration // between two looks at what may have grown; default 300 ms, and longer for very many files
	Settle      time.Duration // how long a file must be unchanged before its unfinished end is taken for damage; default 30 s
	Workers     int           // files of a directory that are read at once; by default one for each processor, and two at least
	Segment     int64         // bytes of a large file that are read at once by each core; default 4 MiB, and more for very large ones
	MaxUnpacked int64         // bytes that may come out of one compressed file, which bounds time and not memory; default 64 GiB
}

func (c Config) withDefaults() Config {
	c.Poll = cmp.Or(c.Poll, 300*time.Millisecond)
	c.Settle = cmp.Or(c.Settle, 30*time.Second)
	c.Workers = cmp.Or(c.Workers, max(2, runtime.GOMAXPROCS(0)))
	c.Segment = cmp.Or(c.Segment, 4<<20)
	c.MaxUnpacked = cmp.Or(c.MaxUnpacked, 64<<30)
	return c
}

// Source reads one file, directory or stream. It implements [source.Source].
type Source struct {
	name    string
	path    string
	open    func() (io.Reader, error) // of a stream; nil for files
	owned   bool                      // what open gives is ours to close
	options source.Options
	config  Config
	system  system
}

// system is what is used of the file system where it may refuse.
type system struct {
	open func(path string) (*os.File, error)
	walk func(root string, f fs.WalkDirFunc) error
}

var _ source.Source = (*Source)(nil)

// New makes a source for the file or the directory at path. Of o, Since, Until, Latest, TrimHorizon, Follow and Log are used.
//
// Since and Until leave out only files of a directory that Firehose has named for times more than 15 hours outside, which allows
// for any time zone. With Latest, what the files hold at the start is left out; compressed ones that change later are read whole.
func New(path string, o source.Options, c Config) *Source {
	return &Source{name: path, path: path, options: packing(o), config: c.withDefaults(), system: system{os.Open, filepath.WalkDir}}
}

// NewReader makes a source that reads r, under a name for people, to its end and no further, also when following.
//
// A Read of r may block for ever. When Run's context ends, r is interrupted with SetReadDeadline if it has that, or closed if it
// has Close and is no [os.File]; if neither is possible (standard input, often), the goroutine that reads it is left behind,
// with what it reads next dropped. That is the one goroutine which may outlive Run.
func NewReader(name string, r io.Reader, o source.Options, c Config) *Source {
	return &Source{name: name, open: func() (io.Reader, error) { return r, nil }, options: packing(o), config: c.withDefaults()}
}

// packing sees to it that there is a vocabulary.
func packing(o source.Options) source.Options {
	if o.Vocabulary == nil {
		o.Vocabulary = audit.NewVocabulary()
	}
	return o
}

// Open makes the source of a path, or of "-" for standard input. It fails when there is nothing at the path. It is a
// [source.Opener].
func Open(_ context.Context, ref string, o source.Options) ([]source.Source, error) {
	if ref == Stdin {
		return []source.Source{NewReader("standard input", os.Stdin, o, Config{})}, nil
	}
	info, err := os.Stat(ref)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file or directory %q: check the path; a Kinesis stream is written kinesis://NAME, "+
			"a bucket s3://BUCKET/PREFIX", ref)
	case err != nil:
		return nil, fmt.Errorf("opening %q: %w", ref, reason(err))
	case info.IsDir(), info.Mode().IsRegular():
		return []source.Source{New(ref, o, Config{})}, nil
	}
	// A named pipe, or what a shell makes of <(command): opening it blocks until somebody writes.
	s := NewReader(ref, nil, o, Config{})
	s.open, s.owned = func() (io.Reader, error) { return os.Open(ref) }, true
	return []source.Source{s}, nil
}

// Name is the path as it was given, or "standard input".
func (s *Source) Name() string { return s.name }

// reason is what is wrong, without the operation and the path.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
