package cli

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taudit/app"
	"taudit/source"
	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/views/grid"
)

// reading are the flags that say where reading starts and how AWS is reached.
type reading struct {
	region, profile, endpoint string
	since, until              string
	latest, trimHorizon       bool
	resume                    bool
	consumers                 []string
	pace                      string
	log                       string
	health                    bool
	firehose                  string

	filter     string
	proxies    []string
	rules      rules
	now        string
	maxEntries int
	maxMemory  string
}

func (r *reading) define(f *pflag.FlagSet) {
	f.SortFlags = false
	r.defineStart(f)
	r.defineAccess(f)
}

// defineAccess is for how AWS is reached, and the log.
func (r *reading) defineAccess(f *pflag.FlagSet) {
	f.SortFlags = false
	r.defineWhere(f)
	f.StringVar(&r.endpoint, "endpoint-url", "", "URL of a server to use instead of AWS")
	f.StringArrayVar(&r.consumers, "consumer-arn", nil, "read the stream that this consumer (`ARN`) is registered with by enhanced fan-out")
	f.StringVar(&r.log, "log", "", "append a log of what taudit does to this FILE, one JSON object a line")
}

// defineHealth is for what reading does not need.
func (r *reading) defineHealth(f *pflag.FlagSet) {
	f.BoolVar(&r.health, "health", false, "also how streams and Firehose have fared (CloudWatch metrics, DescribeDeliveryStream), which needs more permissions")
	f.StringVar(&r.firehose, "firehose", "", "`NAME` of the Firehose stream that writes to the bucket, for --health (found in the names of objects)")
}

// defineWhere is for where in AWS the sources are.
func (r *reading) defineWhere(f *pflag.FlagSet) {
	f.StringVar(&r.region, "region", "", "AWS region, as in the aws CLI")
	f.StringVar(&r.profile, "profile", "", "profile of the shared AWS configuration")
}

func (r *reading) defineStart(f *pflag.FlagSet) {
	f.StringVar(&r.since, "since", "", "only entries from this `TIME` on: 2h, 1d6h, 08:00, yesterday, 2023-11-08T08:14 (UTC unless it says)")
	f.StringVar(&r.until, "until", "", "only entries before this `TIME`")
	r.defineFilter(f)
	r.defineProxies(f)
	r.defineNow(f)
	f.BoolVar(&r.latest, "latest", false, "only what arrives from now on")
	r.defineMemory(f)
	f.BoolVar(&r.trimHorizon, "trim-horizon", false, "all that the sources still hold (the default without --since)")
}

// defineResume is for commands that deliver what is read as it comes.
func (r *reading) defineResume(f *pflag.FlagSet) {
	f.BoolVar(&r.resume, "resume", false, "go on in streams where an earlier run left off, and on the screen at the same filter, place and panes; what has no such place starts as the other flags say")
}

func (r *reading) defineFilter(f *pflag.FlagSet) {
	f.StringVarP(&r.filter, "filter", "f", "", "only entries that this `QUERY` means, such as 'op:DeleteUser -status:OK since:2h'")
	r.rules.define(f)
}

func (r *reading) defineNow(f *pflag.FlagSet) {
	f.StringVar(&r.now, "now", "", "the `TIME` that relative times are seen from, for runs that can be repeated")
}

func (r *reading) defineProxies(f *pflag.FlagSet) {
	f.StringArrayVar(&r.proxies, "trusted-proxy", nil, "address or `NETWORK` of a proxy whose word about the caller is believed, for client_ip: in filters; may be repeated")
}

func (r *reading) defineMemory(f *pflag.FlagSet) {
	f.IntVar(&r.maxEntries, "max-entries", maxEntries, "keep at most `N` entries in memory; the oldest go first, and are counted")
	f.StringVar(&r.maxMemory, "max-memory", "2GiB", "let entries take at most this `SIZE` of memory")
}

func (r *reading) definePace(f *pflag.FlagSet) {
	f.StringVar(&r.pace, "demo-pace", "", "mean `DURATION` between two bursts of the demo, such as 2s")
}

// complete registers what the shell may offer for the values of flags.
func (r *reading) complete(cmd *cobra.Command) {
	r.rules.complete(cmd)
	for _, name := range []string{"since", "until"} {
		if cmd.Flags().Lookup(name) == nil {
			continue
		}
		// The only error is a flag that is not there.
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(
			[]cobra.Completion{"15m", "1h", "2h", "24h", "7d", "today", "yesterday"}, cobra.ShellCompDirectiveNoFileComp))
	}
}

// options checks the flags against each other and gives what a source is opened with, but for the log.
func (r *reading) options(cmd *cobra.Command, now time.Time) (source.Options, error) {
	o := source.Options{
		Latest: r.latest, TrimHorizon: r.trimHorizon,
		Region: r.region, Profile: r.profile, EndpointURL: r.endpoint, Health: r.health, Firehose: r.firehose,
		Consumers: r.consumers,
	}
	switch {
	case r.firehose != "" && !r.health:
		return o, usagef(cmd, "--firehose is for --health, which is not given")
	case r.latest && r.trimHorizon:
		return o, usagef(cmd, "--latest starts at the newest entry and --trim-horizon at the oldest: choose one")
	case r.latest && r.since != "":
		return o, usagef(cmd, "--latest starts now and --since at a time of its own: choose one")
	case r.trimHorizon && r.since != "":
		return o, usagef(cmd, "--trim-horizon starts at the oldest entry and --since at a time of its own: choose one")
	}
	var err error
	if o.Since, err = parseWhen(r.since, now); err != nil {
		return o, usagef(cmd, "--since: %v", err)
	}
	if o.Until, err = parseWhen(r.until, now); err != nil {
		return o, usagef(cmd, "--until: %v", err)
	}
	if o.Since.After(now) {
		return o, usagef(cmd, "--since %s is still to come; to read from a day earlier on: --since %s. For what arrives from now on there is --latest",
			r.since, o.Since.AddDate(0, 0, -1).Format("2006-01-02T15:04"))
	}
	if r.since != "" && r.until != "" && !o.Until.After(o.Since) {
		return o, usagef(cmd, "--until (%s) is not after --since (%s), so no entry can be between them",
			o.Until.Format(time.RFC3339), o.Since.Format(time.RFC3339))
	}
	if r.pace != "" {
		o.Pace, err = time.ParseDuration(r.pace)
		if err != nil || o.Pace <= 0 {
			return o, usagef(cmd, "--demo-pace: %q is no duration above zero; write 500ms, 2s or 1m", r.pace)
		}
	}
	return o, nil
}

// clock gives the clock that times are seen from: the real one, or one that stands still at --now.
func (r *reading) clock(cmd *cobra.Command, real func() time.Time) (func() time.Time, error) {
	if r.now == "" {
		return real, nil
	}
	t, err := parseWhen(r.now, real())
	if err != nil {
		return nil, usagef(cmd, "--now: %v", err)
	}
	return func() time.Time { return t }, nil
}

// seek has all entries skimmed that are outside of --since and --until, which nobody keeps. With only set, for a command that wants no others than a
// query means, so are those that it surely does not mean.
func seek(o *source.Options, only bool, q query.Query, language *query.Env) {
	if !only {
		q = query.Query{}
	}
	t := q.Trace(language).Within(app.Window{Since: o.Since, Until: o.Until}.Bounds())
	if t.Known() {
		o.Vocabulary.Seek(&t)
	}
}

// query reads --filter.
func (r *reading) query(cmd *cobra.Command) (query.Query, error) { return r.queryOf(cmd, "--filter") }

// queryOf reads the filter, which was given under a name. An error shows where in it the mistake is.
func (r *reading) queryOf(cmd *cobra.Command, name string) (query.Query, error) {
	q, err := query.Parse(r.filter)
	var e *query.Error
	if errors.As(err, &e) {
		before := string([]rune(r.filter)[:e.Column-1])
		rest := string([]rune(r.filter)[e.Column-1:])
		word, _, _ := strings.Cut(rest, " ")
		text := name + ": " + e.Error()
		text += "\n" + r.filter + "\n" + strings.Repeat(" ", ansi.StringWidth(grid.Clean(before))) + strings.Repeat("^", max(ansi.StringWidth(grid.Clean(word)), 1))
		return q, usagef(cmd, "%s", text)
	}
	return q, err
}

// language gives what filters have to know beside the clock. It does not answer is:alert: on the screen rules come and go.
func (r *reading) language(cmd *cobra.Command, env *Env) (query.Env, error) {
	var l query.Env
	for _, text := range r.proxies {
		n, err := netip.ParsePrefix(text)
		if a, aerr := netip.ParseAddr(text); aerr == nil {
			n, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return l, usagef(cmd, "--trusted-proxy: %q is neither an address nor a network such as 10.0.0.0/8", text)
		}
		l.Trusted = append(l.Trusted, n.Masked())
	}
	if env.Marks != nil {
		if err := env.Marks.Load(); err != nil {
			if filter := strings.ToLower(r.filter); cmd.Name() == "bundle" || strings.Contains(filter, "marked") || strings.Contains(filter, "noted") {
				return l, err // without them the result would be another
			}
			env.complain(err)
			return l, nil
		}
		l.Is = func(e *audit.Entry, what string) bool { return env.Marks.Marks().Is(e, what) }
		l.At = func(what string) ([]time.Time, bool) { return env.Marks.Marks().At(what) }
	}
	return l, nil
}

// settled is that for commands, whose rules stay as they were given: is:alert is answered too.
func (r *reading) settled(cmd *cobra.Command, env *Env, q query.Query) (query.Env, error) {
	l, err := r.language(cmd, env)
	if err != nil {
		return l, err
	}
	list, err := r.rules.list(cmd)
	switch {
	case err != nil:
	case len(list) > 0:
		l.Means = app.Alerts(list)
	case q.Alerting():
		env.say("taudit: is:alert means what rules watch for, and none does: give --watch NAME=FILTER, or --watch destroys")
	}
	return l, err
}

// limits says how much is kept in memory.
func (r *reading) limits(cmd *cobra.Command) (store.Limits, error) {
	if r.maxEntries < 1 {
		return store.Limits{}, usagef(cmd, "--max-entries: %d is no number of entries; write 1 or more", r.maxEntries)
	}
	n, err := humanize.ParseBytes(r.maxMemory)
	if err != nil || n == 0 || n > 1<<50 {
		return store.Limits{}, usagef(cmd, "--max-memory: %q is no size; write 400MB or 2GiB", r.maxMemory)
	}
	return store.Limits{MaxEntries: r.maxEntries, MaxBytes: int64(n)}, nil
}

// fits refuses flags of the demo where there is none.
func (r *reading) fits(cmd *cobra.Command, demo bool) error {
	if cmd.Flags().Changed("demo-pace") && !demo { // one that is configured waits for a demo
		return usagef(cmd, "--demo-pace is for the demo, which is not among the sources")
	}
	return nil
}
