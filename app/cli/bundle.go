package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"taudit/app/export"
	"taudit/views/grid"
)

func newBundle(env *Env) *cobra.Command {
	var r reading
	var dir string
	cmd := &cobra.Command{
		Use:   "bundle -o DIR SOURCE…",
		Short: "Write entries as evidence that can be handed over and verified",
		Long: `bundle reads its sources to their end and writes a bundle into DIR, which must be empty or not there:

  entries.jsonl  the entries that the filter means, as they were received, in the order of their emit time
  origins.jsonl  where each of them came from: source, shard or object, position, time of arrival
  marks.jsonl    your marks and notes on them
  bad.jsonl      the stretches of bytes that no entry could be read from
  manifest.json  filter, range, sources, from where to where each part was read, what is covered and what is not, counts
  SHA256SUMS     the sums of all of these, as sha256sum writes and checks them

It prints the fingerprint of the bundle, which is the sum of SHA256SUMS. The sums tell whether a byte of the bundle was
changed; who keeps the fingerprint apart can also tell whether somebody wrote all of it anew.

Exit code: 0 there are entries in it, 1 there are none, 2 bad usage, 3 a source failed (the manifest says so).`,
		Example: `  taudit bundle -o case-17 --filter 'who:alice since:2d' kinesis://audit-prod s3://acme-audit/firehose/
  taudit verify case-17`,
		Args: func(cmd *cobra.Command, refs []string) error {
			if len(refs) == 0 {
				return usagef(cmd, "bundle needs a SOURCE: kinesis://NAME, s3://BUCKET/PREFIX, a path, - for standard input, or demo:")
			}
			return nil
		},
		ValidArgsFunction: env.completeReference,
		RunE: env.configured(func(cmd *cobra.Command, refs []string) error {
			return env.bundle(cmd, refs, dir, &r)
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&dir, "output", "o", "", "write to this new or empty `DIR`, which its owner alone can read")
	r.define(f)
	r.definePace(f)
	r.complete(cmd)
	return cmd
}

// bundle carries out the command.
func (env *Env) bundle(cmd *cobra.Command, refs []string, dir string, r *reading) error {
	if dir == "" {
		return usagef(cmd, "bundle needs a directory to write to: --output DIR")
	}
	if err := vacant("--output", dir); err != nil {
		return usagef(cmd, "%v", err)
	}
	g, err := env.gather(cmd, refs, r, false)
	if err != nil {
		return err
	}
	rows, err := g.rows(cmd.Context())
	if err != nil {
		return err
	}
	evidence := &export.Evidence{
		About: g.about, Since: g.asked.Since, Until: g.asked.Until, Seen: g.now,
		Store: g.state.Store, Rows: rows, Status: g.state.Status, Covered: g.coverage(g.state),
		Read: g.state.Read, Outside: g.state.Outside, BadCount: g.state.Store.BadCount(), Notes: env.exporting(false).Notes,
	}
	m, fingerprint, err := export.WriteBundle(cmd.Context(), dir, evidence)
	if err != nil {
		return err
	}
	env.say("taudit: %s", m.Coverage)
	env.say("taudit: wrote %s to %s; its fingerprint is", inBundle(m), dir)
	fmt.Fprintln(env.Stdout, fingerprint)
	switch {
	case g.failed:
		return exitCode(exitFailed)
	case m.Entries.Count == 0:
		return exitCode(exitNone)
	}
	return nil
}

// inBundle says in words what a bundle holds.
func inBundle(m *export.Manifest) string {
	text := fmt.Sprintf("%d entries", m.Entries.Count)
	if m.Entries.Count == 1 {
		text = "1 entry"
	}
	if m.Entries.Count > 0 && !m.Entries.First.IsZero() {
		text += fmt.Sprintf(" from %s to %s", stamp(m.Entries.First), stamp(m.Entries.Last))
	}
	if m.Marks > 0 {
		text += fmt.Sprintf(", %d of them with marks or notes", m.Marks)
	}
	if m.Bad > 0 {
		text += fmt.Sprintf(", %d undecodable", m.Bad)
	}
	return text
}

func newVerify(env *Env) *cobra.Command {
	var fingerprint string
	cmd := &cobra.Command{
		Use:   "verify DIR",
		Short: "Tell whether a bundle is whole",
		Long: `verify compares each file of a bundle with its sum, and all of them with the manifest. It says what differs or is
missing. Without taudit, "sha256sum --check SHA256SUMS" in DIR does the first of it.

Exit code: 0 the bundle is whole, 1 it is not, 2 DIR is no bundle, 3 it could not be read.`,
		Example: `  taudit verify case-17
  taudit verify case-17 --fingerprint 5f0a…`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(cmd, "verify needs the directory of one bundle")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return env.verify(cmd, args[0], strings.ToLower(strings.TrimSpace(fingerprint)))
		},
	}
	cmd.Flags().StringVar(&fingerprint, "fingerprint", "", "the bundle must be the one with this fingerprint (`HEX`), which bundle printed")
	return cmd
}

// verify carries out the command.
func (env *Env) verify(cmd *cobra.Command, dir, fingerprint string) error {
	v, err := export.Verify(dir)
	switch {
	case errors.Is(err, export.ErrNoBundle), errors.Is(err, fs.ErrNotExist):
		return usagef(cmd, "%v", err)
	case err != nil:
		return err
	}
	if fingerprint != "" && v.Fingerprint != fingerprint {
		v.Wrong = append(v.Wrong, fmt.Sprintf("it is another bundle: its fingerprint is %s", v.Fingerprint))
	}
	for _, name := range v.Beside {
		env.say("taudit: %s is in the directory and no part of the bundle", name)
	}
	write := func(format string, args ...any) { fmt.Fprintln(env.Stdout, grid.Clean(fmt.Sprintf(format, args...))) }
	if !v.Whole() {
		for _, w := range v.Wrong {
			write("%s", w)
		}
		write("%s is not whole", dir)
		return exitCode(exitNone)
	}
	m := v.Manifest
	write("%s is whole: %s", dir, inBundle(m))
	write("covered: %s", m.Coverage)
	write("written by %s at %s; fingerprint %s", m.Tool, stamp(m.Made), v.Fingerprint)
	return nil
}
