package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
)

// Demo writes the history of the simulated account. The same History gives the same bytes.
type Demo interface {
	// WriteObjects writes entries to dir as Firehose lays out objects in a bucket, and tells what it wrote.
	WriteObjects(ctx context.Context, dir string, h History) (Written, error)
	// WriteLines writes entries to w, one a line.
	WriteLines(ctx context.Context, w io.Writer, h History) (Written, error)
}

// History chooses what is written.
type History struct {
	Entries int
	Seed    uint64
}

// Written says what was.
type Written struct {
	Entries    int
	Duplicates int // entries written a second time, as delivery at least once does
	Objects    int
	Bytes      int64 // in the files
}

// demoing are the flags of demo.
type demoing struct {
	reading
	looks looks
	dir   string
	jsonl string
	History
}

func newDemo(env *Env) *cobra.Command {
	var d demoing
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show a simulated account, or write its history",
		Long: `demo opens the screen on a simulated Temporal Cloud account. A Kinesis and an S3 server inside this
process serve it on loopback ports, and taudit reads them as it reads AWS.

With --write or --jsonl it writes a history of the account instead, for benchmarks and for trying other tools: the
same --entries and --seed give the same bytes. It never overwrites: DIR must be empty or not there, FILE not there.`,
		Example: `  taudit demo --demo-pace 1s
  taudit demo --write bucket --entries 1000000 --seed 7 && taudit bucket
  taudit demo --jsonl - --entries 1000 | jq -r .operation | sort | uniq -c`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef(cmd, "demo takes no source, but %q was given; to show both: taudit demo: %s", args[0], args[0])
			}
			return nil
		},
		RunE: env.configured(func(cmd *cobra.Command, _ []string) error {
			return env.demo(cmd, &d)
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&d.dir, "write", "", "write a history to this `DIR`, as Firehose writes to a bucket")
	f.StringVar(&d.jsonl, "jsonl", "", "write a history to this `FILE`, one entry a line; - is standard output")
	f.IntVar(&d.Entries, "entries", 12_000, "how many entries to write")
	f.Uint64Var(&d.Seed, "seed", 1, "what the history is made from")
	d.defineStart(f)
	d.definePace(f)
	d.looks.define(f)
	f.StringVar(&d.log, "log", "", "append a log of what taudit does to this FILE, one JSON object a line")
	d.complete(cmd)
	d.looks.complete(cmd, env)
	return cmd
}

// check refuses flags that do not go together.
func (d *demoing) check(cmd *cobra.Command) error {
	given := func(names ...string) string {
		for _, n := range names {
			if cmd.Flags().Changed(n) {
				return n
			}
		}
		return ""
	}
	writes := given("write", "jsonl") != ""
	if n := given("entries", "seed"); n != "" && !writes {
		return usagef(cmd, "--%s is for writing a history: add --write DIR or --jsonl FILE", n)
	}
	if n := given("since", "until", "latest", "trim-horizon", "demo-pace", "log", "theme", "no-clock", "fold", "gaps", "mouse"); n != "" && writes {
		return usagef(cmd, "--%s is for the screen; a history is chosen by --entries and --seed", n)
	}
	switch {
	case given("write") != "" && given("jsonl") != "":
		return usagef(cmd, "--write and --jsonl are two forms of one history: choose one")
	case given("write") != "" && d.dir == "", given("jsonl") != "" && d.jsonl == "":
		return usagef(cmd, "where to write is empty")
	case d.Entries < 1:
		return usagef(cmd, "--entries: %d is no number of entries; write 1 or more", d.Entries)
	}
	return nil
}

func (env *Env) demo(cmd *cobra.Command, d *demoing) error {
	if err := d.check(cmd); err != nil {
		return err
	}
	var w Written
	var err error
	switch {
	case d.dir != "":
		if err := vacant("--write", d.dir); err != nil {
			return usagef(cmd, "%v", err)
		}
		w, err = env.Demo.WriteObjects(cmd.Context(), d.dir, d.History)
		if err != nil {
			return fmt.Errorf("writing a history to %s: %w; what is there is incomplete", d.dir, err)
		}
		env.say("wrote %d entries, %d of them twice, in %d objects, %d bytes, to %s (seed %d)",
			w.Entries, w.Duplicates, w.Objects, w.Bytes, d.dir, d.Seed)
		return nil
	case d.jsonl == "-":
		w, err = env.Demo.WriteLines(cmd.Context(), env.Stdout, d.History)
		if gone(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("writing a history to standard output: %w", err)
		}
	case d.jsonl != "":
		if w, err = env.writeFile(cmd, d); err != nil {
			return err
		}
	default:
		return env.showDemo(cmd, d)
	}
	env.say("wrote %d entries, %d bytes, to %s (seed %d)", w.Entries, w.Bytes, d.jsonl, d.Seed)
	return nil
}

func (env *Env) showDemo(cmd *cobra.Command, d *demoing) error {
	if _, terminal := env.Terminal(); !terminal {
		return usagef(cmd, "standard output is not a terminal, so there is no screen to draw on.\n"+
			"To write entries to a file or a pipe: taudit demo --jsonl -, or taudit print demo:")
	}
	return env.screen(cmd, []string{demoReference}, &d.reading, &d.looks)
}

// writeFile writes a history to a new file, which it takes away again if that fails.
func (env *Env) writeFile(cmd *cobra.Command, d *demoing) (Written, error) {
	f, err := os.OpenFile(d.jsonl, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return Written{}, usagef(cmd, "%s is there already and is not overwritten; remove it, or write to another file", d.jsonl)
	}
	if err != nil {
		return Written{}, fmt.Errorf("creating the file for a history: %w", err)
	}
	w, err := env.Demo.WriteLines(cmd.Context(), f, d.History)
	if err := errors.Join(err, f.Close()); err != nil {
		return Written{}, errors.Join(fmt.Errorf("writing a history to %s: %w", d.jsonl, err), os.Remove(d.jsonl))
	}
	return w, nil
}

// vacant tells whether the directory of a flag is empty or not there.
func vacant(flag, dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s needs a directory: %w", flag, err)
	case len(entries) > 0:
		return fmt.Errorf("%s is not empty and nothing in it is overwritten; empty it, or write to another directory", dir)
	}
	return nil
}
