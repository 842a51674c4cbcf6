package app

import (
	"strings"
	"time"
)

// Command is the command line that the program was started with, as it can be started again.
type Command struct {
	Args []string // with the name of the program in front, and without the filter, --fold and --gaps
	Why  string   // when it cannot be started again: why not
}

// commandLine writes the command that shows the same view, for a shell of POSIX; why is empty if there is one.
func (m *Model) commandLine() (line, why string) {
	if len(m.started.Args) == 0 {
		return "", "How taudit was started is not known."
	}
	if m.started.Why != "" {
		return "", m.started.Why
	}
	args := m.started.Args[:len(m.started.Args):len(m.started.Args)]
	if m.committed != "" {
		args = append(args, "--filter", m.committed)
		if m.filter.Query().Slides() {
			args = append(args, "--now", m.now.UTC().Format(time.RFC3339)) // 2h of another day are others
		}
	}
	if m.folds {
		args = append(args, "--fold")
	}
	if m.gaps {
		args = append(args, "--gaps")
	}
	return ShellQuote(args...), ""
}

// ShellQuote writes words so that a shell of POSIX reads these very words. None may have a byte that is zero.
func ShellQuote(words ...string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		if harmless(w) {
			b.WriteString(w)
			continue
		}
		// Between single quotes everything stands for itself, but for a single quote.
		b.WriteByte('\'')
		b.WriteString(strings.ReplaceAll(w, `'`, `'\''`))
		b.WriteByte('\'')
	}
	return b.String()
}

// harmless says whether no shell finds anything in a word but the word.
func harmless(w string) bool {
	for i := range len(w) {
		c := w[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("-_./:@%+,", c) < 0 {
			return false
		}
	}
	return w != ""
}
