package app

import (
	"context"

	"taudit/app/config"
	"taudit/app/export"
	"taudit/source"
	"taudit/source/audit"
	"taudit/views/page"
)

// Desk is what commands on the screen can reach outside of it. What is nil cannot be done, which is then said. All of it is called off
// the UI goroutine.
type Desk struct {
	Version string
	Me      string // who uses it, as who: in a filter has them; empty: nobody said

	// About tells what the program itself does not know of a run: its configuration and what it may do. It may call out.
	About func(ctx context.Context) []page.Line

	// Open opens the sources of a reference, as on the command line. Nobody can be asked for anything.
	Open func(ctx context.Context, ref string) ([]source.Source, error)

	// Reopen opens a source of that name again, which could not go on. It may be opened under another name, if it never was before.
	Reopen func(ctx context.Context, name string) ([]source.Source, error)

	// References are sources that may be opened, for completion.
	References []string

	Views *config.Views

	// Session is told how the screen is, every second and at the end. It is called on the UI goroutine, and must return at once.
	Session func(config.Session)

	Notes func(audit.ID) (export.Note, bool)

	// Commands are those of before, newest last; Remember keeps one more.
	Commands []string
	Remember func(text string) error
}
