// Package config is what taudit keeps between two runs.
package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxFilters = 1000    // are remembered
	maxLine    = 1 << 16 // bytes; a longer line is damage
	maxFile    = 4 << 20 // bytes that are read, from the end
)

// HistoryPath is where the history belongs by the XDG base directories: $XDG_STATE_HOME/taudit/history, or what stands for it
// on this system.
func HistoryPath() string { return statePath("history") }

// CommandsPath is where the history of commands belongs, beside that of filters.
func CommandsPath() string { return statePath("commands") }

// History is a file with what was typed, filters or commands, one a line, the newest last. Any number of instances of taudit may
// share it: writers exclude each other by a lock on a file beside it, a line is written whole, and the file is only ever
// replaced by a complete one. It can be read and edited by people. Its methods block on the file system and may be called from any
// goroutine but that of the screen.
type History struct {
	path string
	most int // filters
}

// NewHistory makes the history of a file, which need not exist.
func NewHistory(path string) *History { return &History{path: path, most: maxFilters} }

// Load gives the filters, newest last, each once and at most a thousand. Lines that cannot be a filter, as a crash or an editor
// may leave them, are passed over. Without a file there are none.
func (h *History) Load() ([]string, error) {
	lines, _, err := h.read()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the filter history: %w", err)
	}
	return h.newest(lines), nil
}

// Append remembers a filter as the newest. Line breaks and tabs become spaces; what then is blank is not remembered. It waits
// for other writers, for two seconds at most.
func (h *History) Append(ctx context.Context, filter string) error {
	line, err := oneLine(filter)
	if err != nil || line == "" {
		return err
	}
	if err := h.append(ctx, line); err != nil {
		return fmt.Errorf("remembering the filter in %s: %w", h.path, err)
	}
	return nil
}

func (h *History) append(ctx context.Context, line string) error {
	return locked(ctx, h.path, func() error {
		lines, size, err := h.read()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if n := len(lines); n > 0 && lines[n-1] == line {
			return nil
		}
		if len(lines) >= 2*h.most || size > maxFile {
			// Where the file cannot be replaced (on Windows while somebody reads it) it grows by a line instead.
			if replace(h.path, []byte(strings.Join(h.newest(append(lines, line)), "\n")+"\n")) == nil {
				return nil
			}
		}
		return h.write(line)
	})
}

// write adds a line to the file in one piece.
func (h *History) write(line string) (err error) {
	f, err := os.OpenFile(h.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	// A filter may name people: what was made readable by others is so no longer.
	if info.Mode().Perm()&0o077 != 0 {
		if err := f.Chmod(0o600); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	text := line + "\n"
	if n := info.Size(); n > 0 {
		var last [1]byte
		if _, err := f.ReadAt(last[:], n-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			text = "\n" + text // a line that was cut off stays apart
		}
	}
	_, err = f.WriteString(text)
	return err
}

// read gives the lines that can be filters, with duplicates, and the size of the file.
func (h *History) read() (lines []string, size int64, err error) {
	f, err := os.Open(h.path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	size = info.Size()
	from := max(size-maxFile, 0)
	text, err := io.ReadAll(io.NewSectionReader(f, from, maxFile))
	if err != nil {
		return nil, 0, err
	}
	if from > 0 {
		_, text, _ = bytes.Cut(text, []byte("\n")) // the rest of a line
	}
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		line = bytes.TrimSuffix(line, []byte("\r"))
		if s := string(line); len(s) <= maxLine && isFilter(s) {
			lines = append(lines, s)
		}
	}
	return lines, size, nil
}

// newest gives the newest of the lines, each once, in their order.
func (h *History) newest(lines []string) []string {
	seen := make(map[string]bool, len(lines))
	var out []string
	for _, l := range slices.Backward(lines) {
		if len(out) == h.most {
			break
		}
		if !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	slices.Reverse(out)
	return out
}

func isFilter(s string) bool {
	return strings.TrimSpace(s) != "" && utf8.ValidString(s) && strings.IndexFunc(s, unicode.IsControl) < 0
}

// oneLine gives a filter as it can stand in the file.
func oneLine(filter string) (string, error) {
	s := strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(filter))
	switch {
	case s == "":
		return "", nil
	case len(s) > maxLine:
		return "", fmt.Errorf("remembering the filter: it has %d bytes, and at most %d can be kept", len(s), maxLine)
	case !isFilter(s):
		return "", errors.New("remembering the filter: it holds control characters or is no UTF-8; write those as \\x{1b} in a regular expression")
	}
	return s, nil
}
