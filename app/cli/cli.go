// Package cli is the command line: what is typed, what is opened for it, and what the exit code says.
//
// The commands are built on cobra, which gives them completion for four shells, suggestions, and help in the form that
// users of gh, k9s and kubectl know.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"taudit/app"
	"taudit/app/config"
	"taudit/source"
	"taudit/views/grid"
)

// Exit codes.
const (
	exitOK     = 0 // something was printed, or the screen was quit
	exitNone   = 1 // nothing was printed
	exitUsage  = 2 // bad usage
	exitFailed = 3 // a source, or what was to be written, failed
)

// Env is the world of a run, so that a test can be one.
type Env struct {
	Stdout, Stderr io.Writer

	// Terminal tells whether Stdout is a terminal, and how many cells it is wide.
	Terminal func() (width int, ok bool)

	// Teletype opens the terminal that a person can be asked on; nil is that of the process. Each question opens and closes it.
	Teletype func() (Teletype, error)

	// Openers are the sources by scheme: "kinesis", "s3", "file", "demo".
	Openers map[string]source.Opener

	// Checkers examine sources and Granters say what permissions reading them needs, by scheme. What needs none has no Granter.
	Checkers map[string]source.Checker
	Granters map[string]source.Granter

	// Demo writes the history of the simulated account.
	Demo Demo

	// Screen shows a feed until the person quits; nil is [app.Run].
	Screen func(ctx context.Context, feed *app.Feed, o app.RunOptions) error

	// Filters keeps the filters that were used; nil keeps none.
	Filters FilterHistory

	// Commands keeps the commands that were typed on the screen, and Views the named views; nil keeps none.
	Commands FilterHistory
	Views    *config.Views

	// Sessions keeps how the screen was left; nil keeps nothing.
	Sessions *config.Sessions

	// Marks keeps marks and notes; nil keeps none.
	Marks *config.Marks

	// ConfigPath is where the configuration file is when nobody says otherwise; empty: nowhere.
	ConfigPath string

	// Positions keeps how far streams were read, for --resume; nil keeps nothing.
	Positions Positions

	// Clipboard puts a text on the clipboard of this machine; nil: there is none. Copies is the directory for what is too long to be copied
	// through a terminal, the system's for temporary files if it is empty.
	Clipboard func(text string) error
	Copies    string

	Getenv  func(string) string // nil is [os.Getenv]
	Now     func() time.Time
	Version string

	settings settings  // of the command that runs
	origins  *sync.Map // the references of its sources, by the names of those
}

// Positions is what outlives the program of how far sources were read. Take returns at once, and the others block on the disk; all may be
// called from any goroutine.
type Positions interface {
	Load(place string) ([]source.Position, error)
	Take(source.Position)
	Save(context.Context) error
}

// FilterHistory is what outlives the program. Its methods block on the disk and may be called from any goroutine.
type FilterHistory interface {
	Load() ([]string, error) // newest last
	Append(ctx context.Context, filter string) error
}

// Run carries out a command line, without the name of the program, and gives the exit code. It blocks until the command is done or ctx
// is cancelled, and leaves no goroutine behind.
func Run(ctx context.Context, args []string, env Env) int {
	if env.Screen == nil {
		env.Screen = app.Run
	}
	if env.Teletype == nil {
		env.Teletype = openTeletype
	}
	if env.Getenv == nil {
		env.Getenv = os.Getenv
	}
	env.origins = new(sync.Map)
	root := newRoot(&env)
	root.SetArgs(append([]string{}, args...)) // never nil: cobra would take the process's own
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)

	err := root.ExecuteContext(ctx)
	var usage *usageError
	var code exitCode
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage):
		env.complain(errors.New(env.settings.explain(usage.text)))
		if usage.help != "" {
			fmt.Fprintf(env.Stderr, "Try \"%s --help\".\n", usage.help)
		}
		return exitUsage
	}
	env.complain(err)
	return exitFailed
}

// usageError is a command line that cannot be carried out as it stands.
type usageError struct {
	text string
	help string // the command whose help tells more
}

func (e *usageError) Error() string { return e.text }

func usagef(cmd *cobra.Command, format string, args ...any) error {
	return &usageError{text: fmt.Sprintf(format, args...), help: cmd.CommandPath()}
}

// exitCode ends a command whose messages have been written.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// complain writes an error for people. Errors quote names that strangers chose, so each line is cleaned.
func (env *Env) complain(err error) {
	for i, line := range strings.Split(strings.TrimRight(err.Error(), "\n"), "\n") {
		prefix := "taudit: "
		if i > 0 {
			prefix = "  "
		}
		fmt.Fprintln(env.Stderr, prefix+grid.Clean(line))
	}
}

// say writes a note for people.
func (env *Env) say(format string, args ...any) {
	fmt.Fprintln(env.Stderr, grid.Clean(fmt.Sprintf(format, args...)))
}
