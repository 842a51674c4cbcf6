package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"taudit/source"
	"taudit/source/query"
)

// demoReference is the simulated account as a source.
const demoReference = "demo:"

// schemeOf tells which opener reads a reference: "kinesis", "s3", "demo", or "file" for everything else.
func schemeOf(ref string) string {
	switch {
	case strings.HasPrefix(ref, "kinesis://"), streamARN().MatchString(ref):
		return "kinesis"
	case strings.HasPrefix(ref, "s3://"):
		return "s3"
	case strings.HasPrefix(ref, demoReference):
		return "demo"
	}
	return "file"
}

// streamARN is the beginning of a stream's ARN in any partition: aws, aws-cn, aws-us-gov.
func streamARN() *regexp.Regexp { return regexp.MustCompile(`^arn:aws[a-z-]*:kinesis:`) }

// foreign is a reference that names a place taudit cannot read, and no path.
func foreign() *regexp.Regexp { return regexp.MustCompile(`^([a-z][a-z0-9+.-]*://|arn:)`) }

// schemes tells which adapter each reference is for.
func (env *Env) schemes(cmd *cobra.Command, refs []string) ([]string, error) {
	schemes := make([]string, len(refs))
	for i, ref := range refs {
		schemes[i] = schemeOf(ref)
		if schemes[i] == "file" && foreign().MatchString(ref) {
			return nil, usagef(cmd, "taudit cannot read %q: a source is kinesis://NAME or a stream's ARN, s3://BUCKET/PREFIX, a path, - or demo:", ref)
		}
		if slices.Contains(refs[:i], ref) {
			return nil, usagef(cmd, "%q is given twice", ref)
		}
	}
	return schemes, nil
}

// open makes the sources of all references, and tells whether the demo is among them. One that cannot be opened becomes a source that fails,
// unless it is the only one: the others can be read. Afterwards nobody can be asked any more.
func (env *Env) open(ctx context.Context, cmd *cobra.Command, refs []string, o source.Options) (sources []source.Source, demo bool, err error) {
	schemes, err := env.schemes(cmd, refs)
	if err != nil {
		return nil, false, err
	}
	o.Session = env.session()
	defer o.Session.Close()
	var failed []error
	var from []string // the reference of each source
	for i, ref := range refs {
		scheme := schemes[i]
		opener, ok := env.Openers[scheme]
		if !ok {
			return nil, false, fmt.Errorf("this build of taudit has no reader for %s sources, so %q cannot be read", scheme, ref)
		}
		opened, err := opener(ctx, ref, o)
		switch {
		case ctx.Err() != nil:
			fmt.Fprintln(env.Stderr) // the cursor stands behind a question, since nothing else here takes its time
			return nil, false, errors.New("interrupted before every source was opened")
		case err != nil:
			o.Log.Error("opening", "source", ref, "error", err)
			failed = append(failed, fmt.Errorf("opening %s: %w", ref, err))
			opened = []source.Source{unopened{ref, err}}
		}
		sources = append(sources, opened...)
		from = append(from, slices.Repeat([]string{ref}, len(opened))...)
		demo = demo || scheme == "demo"
	}
	if len(failed) == len(refs) {
		return nil, false, errors.Join(failed...)
	}
	if err := consumed(cmd, refs, o.Consumers); err != nil {
		return nil, false, err
	}
	distinguish(sources)
	for i, s := range sources {
		env.origins.Store(s.Name(), from[i])
	}
	return sources, demo, nil
}

// reopen opens a source again that was opened before, by its name.
func (env *Env) reopen(ctx context.Context, cmd *cobra.Command, name string, o source.Options) ([]source.Source, error) {
	ref, ok := env.origins.Load(name)
	if !ok {
		return nil, fmt.Errorf("where %s came from is not known", name)
	}
	list, _, err := env.open(ctx, cmd, []string{ref.(string)}, o)
	if err != nil || name == ref {
		return list, err
	}
	for _, s := range list {
		if d, is := s.(source.Distinct); is && s.Name() != name {
			d.Distinguish() // from another that is still read
		}
		if s.Name() == name {
			return []source.Source{s}, nil
		}
	}
	return nil, fmt.Errorf("%s has no source %s any more", ref, name)
}

// unopened is a source that cannot be read.
type unopened struct {
	ref string
	err error
}

func (u unopened) Name() string { return u.ref }

// Run fails with why it could not be opened.
func (u unopened) Run(context.Context, chan<- source.Event) error { return u.err }

// consumed refuses consumers of streams that are not read.
func consumed(cmd *cobra.Command, refs, consumers []string) error {
	if err := shapedConsumers(cmd, consumers); err != nil {
		return err
	}
	for _, arn := range consumers {
		stream, _, _ := strings.Cut(arn, "/consumer/")
		_, name, _ := strings.Cut(stream, ":stream/")
		if !slices.ContainsFunc(refs, func(ref string) bool {
			ref = strings.TrimSuffix(strings.TrimPrefix(ref, "kinesis://"), "/")
			return ref == stream || ref == name
		}) {
			return usagef(cmd, "--consumer-arn: %s is a consumer of %s, which is not among the sources", arn, stream)
		}
	}
	return nil
}

// distinguish gives sources that go by the same name longer ones.
func distinguish(sources []source.Source) {
	names := map[string]int{}
	for _, s := range sources {
		names[s.Name()]++
	}
	for _, s := range sources {
		if d, ok := s.(source.Distinct); ok && names[s.Name()] > 1 {
			d.Distinguish()
		}
	}
}

// mistaken tells a mistyped command from a file that is not there.
func (env *Env) mistaken(cmd *cobra.Command, refs []string) error {
	if len(refs) == 0 || schemeOf(refs[0]) != "file" || strings.ContainsAny(refs[0], `/\.`) {
		return nil
	}
	if _, err := os.Stat(refs[0]); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	names := env.profileNames(cmd)
	for _, c := range cmd.Root().Commands() {
		names = append(names, c.Name())
	}
	if near := query.Nearest(refs[0], names); near != "" {
		return usagef(cmd, "there is no file, command or profile %q; did you mean \"%s %s\"?", refs[0], cmd.CommandPath(), near)
	}
	return nil
}

// completeReference offers the schemes and the profiles beside the names of files.
func (env *Env) completeReference(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return append([]cobra.Completion{"kinesis://", "s3://", demoReference}, env.profileNames(cmd)...), cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveDefault
}
