package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"taudit/source/audit"
	"taudit/views/grid"
)

// ticket writes entries as a table in Markdown, for a ticket or a chat: who did what when, and what it is based on. Whatever strangers have
// chosen stands in code spans, where it can be no link, no mention and no markup.
type ticket struct {
	w     *bufio.Writer
	o     Options
	count int
}

func newMarkdown(w io.Writer, o Options) *ticket {
	return &ticket{w: bufio.NewWriterSize(w, 64<<10), o: o}
}

func (t *ticket) Write(r Record) error {
	if t.count == 0 {
		fmt.Fprint(t.w, "| When (UTC) | Who | What | Result | From | log_id |\n|---|---|---|---|---|---|\n")
	}
	t.count++
	e := r.Entry()
	when := "not said"
	if !e.EmitTime.IsZero() {
		when = e.EmitTime.UTC().Format("2006-01-02 15:04:05")
	}
	what := sentence(&e)
	if n := t.o.note(r, &e); n != (Note{}) {
		if n.Marked {
			what += " **marked**"
		}
		if n.Text != "" {
			what += " **note:** " + span(n.Text)
		}
	}
	_, err := fmt.Fprintf(t.w, "| %s | %s | %s | %s | %s | %s |\n", when, who(&e), what, outcome(&e), span(e.Forwarded), span(e.LogID))
	return err
}

func (t *ticket) Flush() error { return t.w.Flush() }

// Close writes what the table is based on.
func (t *ticket) Close(a About) error {
	if t.count > 0 {
		fmt.Fprintln(t.w)
	}
	writeAbout(t.w, count(t.count, "entry", "entries"), a)
	return t.w.Flush()
}

// writeAbout says what an export is based on.
func writeAbout(w io.Writer, counted string, a About) {
	fmt.Fprint(w, counted)
	if a.Filter != "" {
		fmt.Fprintf(w, " that %s means", span(a.Filter))
	}
	if len(a.Sources) > 0 {
		list := make([]string, len(a.Sources))
		for i, s := range a.Sources {
			list[i] = span(s)
		}
		fmt.Fprintf(w, ", from %s", strings.Join(list, ", "))
	}
	fmt.Fprintf(w, ".\n\nCovered: %s.\n\n", prose(a.Coverage))
	fmt.Fprintf(w, "Accepted means that the request was accepted, not that what it asks for was done. Written by taudit %s at %s UTC.\n",
		prose(a.Version), a.Made.UTC().Format("2006-01-02 15:04:05"))
}

func count(n int, one, many string) string {
	switch n {
	case 0:
		return "No " + many
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func who(e *audit.Entry) string {
	text := span(e.Actor())
	if kind := e.PrincipalKind(); kind == "serviceaccount" {
		text += " (service account)"
	}
	if text == "" {
		return "not said"
	}
	return text
}

func outcome(e *audit.Entry) string {
	switch o := e.Outcome(); o {
	case "accepted":
		return o
	case "failed":
		return "**failed**"
	case "":
		return "not said"
	default:
		return span(o)
	}
}

// sentence says what was done, in our words, with what strangers have chosen in code spans.
func sentence(e *audit.Entry) string {
	const target, namespace = "\x00T", "\x00N" // in no phrase
	c := *e
	if e.Target != "" {
		c.Target = target
	}
	if e.Namespace != "" {
		c.Namespace = namespace
		if e.Namespace == e.Target {
			c.Namespace = target
		}
	}
	text := c.Sentence()
	if text == e.Operation {
		return span(text) // it is not known
	}
	return strings.NewReplacer(target, span(e.Target), namespace, span(e.Namespace)).Replace(text)
}

// span writes a text as code, with what could be seen as something else in visible escapes.
func span(s string) string {
	if s == "" {
		return ""
	}
	s = strings.ReplaceAll(grid.Clean(s), "|", `\|`) // of a table; elsewhere nothing has one
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if s[0] == '`' || s[len(s)-1] == '`' || strings.TrimSpace(s) == "" {
		s = " " + s + " "
	}
	return fence + s + fence
}

// prose writes a text as text, in which nothing is markup, link or mention.
func prose(s string) string {
	var out strings.Builder
	for _, r := range grid.Clean(s) {
		switch {
		case r == '@':
			out.WriteString("`@`")
			continue
		case strings.ContainsRune("\\`*_[]<>|~&#", r):
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	// What GitHub would make a link of by itself.
	return strings.NewReplacer("://", `\://`, "www.", `www\.`).Replace(out.String())
}

// stamp gives a time with as many digits as it has, and nothing for no time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
