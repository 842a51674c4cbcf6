package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"taudit/app"
	"taudit/source"
	"taudit/views/grid"
)

func newCheck(env *Env) *cobra.Command {
	var r reading
	cmd := &cobra.Command{
		Use:   "check SOURCE…",
		Short: "Examine whether sources can be read, without changing anything",
		Long: `check examines each SOURCE and says line by line what it found, and on failure what to do next. It makes the
calls that reading makes, as small as they can be, and changes nothing:

  Kinesis   ListShards, GetShardIterator, and GetRecords as a dry run; one record is read if the stream is encrypted
            with a key of its own, which a dry run does not try, or if the server knows no dry run. How the stream is
            set up (DescribeStreamSummary) is told if that is allowed. With --consumer-arn, SubscribeToShard as a dry run.
  S3        ListObjectsV2 for one key, and the first KiB of that object
  --health  GetMetricData of CloudWatch and DescribeDeliveryStream of Firehose, which reading does not need
  files     whether there are any, can be opened, and begin with audit entries
  demo:     all of it, against the servers of the demo

Exit code: 0 reading will work, 3 it will not, or not for all sources, 2 bad usage.`,
		Example: `  taudit check kinesis://audit-prod s3://acme-audit/firehose/ --profile prod-ro
  taudit check old/`,
		Args: func(cmd *cobra.Command, refs []string) error {
			if len(refs) == 0 {
				return usagef(cmd, "check needs a SOURCE: kinesis://NAME, s3://BUCKET/PREFIX, a path or demo:")
			}
			return nil
		},
		ValidArgsFunction: env.completeReference,
		RunE: env.configured(func(cmd *cobra.Command, refs []string) error {
			return env.check(cmd, refs, &r)
		}),
	}
	r.defineHealth(cmd.Flags())
	r.defineAccess(cmd.Flags())
	return cmd
}

// check carries out the command.
func (env *Env) check(cmd *cobra.Command, refs []string, r *reading) error {
	if r.firehose != "" && !r.health {
		return usagef(cmd, "--firehose is for --health, which is not given")
	}
	log, closeLog, err := openLog(r.log)
	if err != nil {
		return err
	}
	defer closeLog()
	schemes, err := env.schemes(cmd, refs)
	if err != nil {
		return err
	}
	if err := consumed(cmd, refs, r.consumers); err != nil {
		return err
	}
	o := source.Options{
		Region: r.region, Profile: r.profile, EndpointURL: r.endpoint, Consumers: r.consumers, Session: env.session(), Log: log,
		Health: r.health, Firehose: r.firehose,
	}
	failed := 0
	for i, ref := range refs {
		checker, ok := env.Checkers[schemes[i]]
		if !ok {
			return fmt.Errorf("this build of taudit cannot examine %s sources, so %q was not", schemes[i], ref)
		}
		verdict := env.examine(cmd, ref, checker, o)
		if verdict == source.Wrong {
			failed++
		}
		if cmd.Context().Err() != nil {
			return fmt.Errorf("interrupted before every source was examined")
		}
	}
	if failed > 0 {
		return exitCode(exitFailed)
	}
	return nil
}

// examine writes what is found out about one source, and gives the gravest verdict.
func (env *Env) examine(cmd *cobra.Command, ref string, checker source.Checker, o source.Options) source.Verdict {
	marks := [...]string{source.Right: "+", source.Noted: "-", source.Wrong: "x"}
	if app.UnicodeLocale(env.Getenv) {
		marks = [...]string{source.Right: "✓", source.Noted: "·", source.Wrong: "✗"}
	}
	write := func(text string) { fmt.Fprintln(env.Stdout, strings.TrimRight(grid.Clean(text), " ")) }
	write(ref)
	worst := source.Right
	checker(cmd.Context(), ref, o, func(s source.Step) {
		worst = max(worst, s.Verdict)
		write(fmt.Sprintf("  %s %-4s  %-29s  %s", marks[s.Verdict], s.Verdict, s.What, s.Found))
		if s.Next != "" {
			write("          next: " + s.Next)
		}
	})
	if worst == source.Wrong {
		write("  reading it will not work")
	} else {
		write("  reading it will work")
	}
	return worst
}
