// Command taudit watches Temporal Cloud audit logs on Kinesis, S3 and in files.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/atotto/clipboard"
	"github.com/charmbracelet/x/term"

	"taudit/app/cli"
	"taudit/app/config"
	"taudit/source"
	"taudit/source/demo"
	"taudit/source/file"
	"taudit/source/kinesis"
	"taudit/source/s3"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once

	// Most of what is held are long columns, which cost the collector next to nothing: it may look more often, and leave less behind.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(60)
	}

	// Writing to a pipe that nobody reads is then an error like others, and not the end.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)

	env := cli.Env{
		Stdout:     os.Stdout,
		Stderr:     os.Stderr,
		Terminal:   terminal,
		Openers:    map[string]source.Opener{"kinesis": kinesis.Open, "s3": s3.Open, "file": file.Open, "demo": demo.Open},
		Checkers:   map[string]source.Checker{"kinesis": kinesis.Check, "s3": s3.Check, "file": file.Check, "demo": demo.Check},
		Granters:   map[string]source.Granter{"kinesis": kinesis.Grant, "s3": s3.Grant},
		Demo:       account{},
		Filters:    config.NewHistory(config.HistoryPath()),
		Commands:   config.NewHistory(config.CommandsPath()),
		Views:      config.NewViews(config.ViewsPath()),
		Sessions:   config.NewSessions(config.SessionsDir()),
		Marks:      config.NewMarks(config.MarksPath()),
		Positions:  config.NewPositions(config.PositionsDir()),
		Copies:     config.CopiesDir(),
		ConfigPath: config.FilePath(),
		Now:        time.Now,
		Version:    cli.BuildVersion(),
	}
	if !clipboard.Unsupported {
		env.Clipboard = clipboard.WriteAll
	}
	return cli.Run(ctx, os.Args[1:], env)
}

// terminal tells whether standard output is one, and its width.
func terminal() (width int, ok bool) {
	if !term.IsTerminal(os.Stdout.Fd()) {
		return 0, false
	}
	width, _, err := term.GetSize(os.Stdout.Fd())
	if err != nil || width < 1 {
		width = 80
	}
	return width, true
}

// account writes the history of the simulated account.
type account struct{}

func (account) WriteObjects(ctx context.Context, dir string, h cli.History) (cli.Written, error) {
	c, err := demo.WriteObjects(ctx, dir, demo.WriteOptions{Entries: h.Entries, Seed: h.Seed})
	return written(c), err
}

func (account) WriteLines(ctx context.Context, w io.Writer, h cli.History) (cli.Written, error) {
	c, err := demo.WriteLines(ctx, w, demo.WriteOptions{Entries: h.Entries, Seed: h.Seed})
	return written(c), err
}

func written(c demo.Counts) cli.Written {
	return cli.Written{Entries: c.Entries, Duplicates: c.Duplicates, Objects: c.Objects, Bytes: c.Bytes}
}
