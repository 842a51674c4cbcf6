package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taudit/app/export"
	"taudit/source"
	"taudit/source/audit"
)

// minKey is how many bytes a key of pseudonyms must have, so that it cannot be guessed.
const minKey = 16

// saving are the flags that say where an export goes and what is left out of it.
type saving struct {
	file  string
	force bool
	redacting
}

// redacting are the flags that say what is left out.
type redacting struct {
	paths []string
	rules string
	key   string
}

func (s *saving) defineSaving(f *pflag.FlagSet) {
	s.defineOutput(f)
	s.defineRedacting(f)
}

func (s *saving) defineOutput(f *pflag.FlagSet) {
	f.StringVarP(&s.file, "output", "o", "", "write to this new `FILE`, which its owner alone can read")
	f.BoolVar(&s.force, "force", false, "let --output replace a file that is there")
}

func (s *redacting) defineRedacting(f *pflag.FlagSet) {
	f.StringArrayVar(&s.paths, "redact", nil, "leave out the values at this `PATH`, such as principal.name or details.*; may be repeated")
	f.StringVar(&s.rules, "redact-file", "", "leave out the values at the paths in this `FILE`, one a line")
	f.StringVar(&s.key, "redact-key", "", "write pseudonyms, made with the secret in this `FILE`, for what is left out")
}

// redactor reads the rules.
func (s *redacting) redactor(cmd *cobra.Command) (*export.Redactor, error) {
	paths := s.paths
	if s.rules != "" {
		text, err := os.ReadFile(s.rules)
		if err != nil {
			return nil, usagef(cmd, "--redact-file: %v", err)
		}
		paths = append(paths[:len(paths):len(paths)], export.ParseRules(string(text))...)
		if len(paths) == len(s.paths) {
			return nil, usagef(cmd, "--redact-file: %s has no path, so nothing would be left out", s.rules)
		}
	}
	var key []byte
	if s.key != "" {
		text, err := os.ReadFile(s.key)
		if err != nil {
			return nil, usagef(cmd, "--redact-key: %v", err)
		}
		key = []byte(strings.TrimSpace(string(text)))
		if len(key) < minKey {
			return nil, usagef(cmd, "--redact-key: the secret in %s has %d bytes and needs %d, so that it cannot be guessed", s.key, len(key), minKey)
		}
		if len(paths) == 0 {
			return nil, usagef(cmd, "--redact-key says how values are left out; --redact and --redact-file say which")
		}
	}
	r, err := export.NewRedactor(paths, key)
	if err != nil {
		return nil, usagef(cmd, "--redact: %v", err)
	}
	return r, nil
}

// unused tells the rules that left out nothing.
func (env *Env) unused(r *export.Redactor) {
	for _, path := range r.Unused() {
		env.say("taudit: --redact %s left out nothing: no entry has a value there; it may be mistyped", path)
	}
}

// destination is where an export goes.
type destination struct {
	io.Writer
	terminal bool
	file     *export.File // nil: standard output
}

// destination opens it. A file that is there already is bad usage.
func (s *saving) destination(cmd *cobra.Command, env *Env) (*destination, error) {
	if s.file == "" {
		_, terminal := env.Terminal()
		return &destination{Writer: env.Stdout, terminal: terminal}, nil
	}
	f, err := export.Create(s.file, s.force)
	if errors.Is(err, export.ErrThere) {
		return nil, usagef(cmd, "--output: %s is there already and is not overwritten; write to another file, or add --force", s.file)
	}
	if err != nil {
		return nil, usagef(cmd, "--output: %v", err)
	}
	return &destination{Writer: f, file: f}, nil
}

func (d *destination) publish() error {
	if d.file == nil {
		return nil
	}
	return d.file.Publish()
}

// end keeps what was written if it is whole.
func (d *destination) end(whole bool) error {
	switch {
	case d.file == nil:
		return nil
	case whole:
		return d.file.Keep()
	}
	return d.file.Discard()
}

// exporting says how formats are written here.
func (env *Env) exporting(terminal bool) export.Options {
	o := export.Options{Terminal: terminal}
	if terminal {
		o.Width, _ = env.Terminal()
	}
	if env.Marks != nil {
		o.Notes = func(id audit.ID) (export.Note, bool) {
			m, ok := env.Marks.Marks().Of(id)
			return export.Note{Marked: m.Marked, Text: m.Note}, ok
		}
	}
	return o
}

// about says what an export is, but for what only its end tells.
func (env *Env) about(filter string, sources []source.Source) export.About {
	a := export.About{Filter: filter, Version: env.Version}
	for _, s := range sources {
		a.Sources = append(a.Sources, s.Name())
	}
	return a
}

// closeFormat has a format say what it has to say at the end.
func closeFormat(f export.Format, a export.About) error {
	c, ok := f.(export.Closer)
	if !ok {
		return nil
	}
	if err := c.Close(a); err != nil {
		return fmt.Errorf("writing the end: %w", err)
	}
	return nil
}
