package export

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"taudit/source/audit"
	"taudit/source/query"
)

// maxFailures is how many failed entries a report lists; all are counted.
const maxFailures = 1000

// Change is a change window to be reported.
type Change struct {
	About
	Begin, End         time.Time
	BeginNote, EndNote string   // what a person said about them
	Expected           []string // who was to act, as the filter's who: has it; empty: nobody was named
	Rows               Rows     // the entries in it
}

// tally counts what has something in common.
type tally struct {
	entry       audit.Entry // the first of them
	count       int
	failed      int
	first, last time.Time
	with        map[string]int // operations of a principal, principals of an operation
}

// WriteReport writes what happened in a change window, as Markdown: counts by principal and operation, what failed, who acted that was not
// named beforehand, and what is covered. It blocks, for as long as going through the entries takes, and gives the error of ctx when that
// is cancelled.
func WriteReport(ctx context.Context, w io.Writer, c *Change) error {
	expected, err := whoOf(c.Expected)
	if err != nil {
		return err
	}
	principals, operations := tallies{}, tallies{}
	var failures []audit.Entry
	failed := 0
	for i := range c.Rows.Len() {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e := c.Rows.At(i).Entry()
		actor := cmp.Or(e.Actor(), e.Principal.ID)
		principals.take(principals.person(actor, &e), &e, e.Name())
		operations.take(e.Name(), &e, actor)
		if e.Outcome() != "accepted" {
			if failed++; len(failures) < maxFailures {
				failures = append(failures, e)
			}
		}
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# Change window %s to %s UTC\n\n", minute(c.Begin), minute(c.End))
	for _, note := range [][2]string{{"Begin", c.BeginNote}, {"End", c.EndNote}} {
		if note[1] != "" {
			fmt.Fprintf(out, "%s: %s\n\n", note[0], span(note[1]))
		}
	}
	fmt.Fprintf(out, "%s, %d of them not accepted, by %s.\n", count(c.Rows.Len(), "entry", "entries"), failed, counted(len(principals), "principal"))
	surprises(out, principals, expected, c.Expected)
	principals.principals(out)
	operations.operations(out)
	writeFailures(out, failures, failed)
	fmt.Fprint(out, "\n## What this is based on\n\n")
	writeAbout(out, count(c.Rows.Len(), "entry", "entries"), c.About)
	return out.Flush()
}

func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// whoOf gives the queries that mean the people who were named.
func whoOf(names []string) ([]query.Query, error) {
	var out []query.Query
	for _, name := range names {
		q, err := query.Parse(`who:"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`)
		if err != nil || name == "" {
			return nil, fmt.Errorf("%q is nobody's name", name)
		}
		out = append(out, q)
	}
	return out, nil
}

// person gives the key of who acted: the name, and the id where another of that name has acted. Some entries do not say the id.
func (t tallies) person(actor string, e *audit.Entry) string {
	known, ok := t[actor]
	if !ok || e.Principal.ID == "" {
		return actor
	}
	switch known.entry.Principal.ID {
	case "":
		known.entry.Principal = e.Principal // what is known better now
		return actor
	case e.Principal.ID:
		return actor
	}
	return actor + "\x00" + e.Principal.ID
}

func (t tallies) take(key string, e *audit.Entry, with string) {
	c, ok := t[key]
	if !ok {
		c = &tally{entry: *e, first: e.Time(), with: map[string]int{}}
		t[key] = c
	}
	c.count++
	c.with[with]++
	c.last = e.Time() // they come in the order of their time
	if e.Outcome() != "accepted" {
		c.failed++
	}
}

// surprises says who acted that was not named.
func surprises(w io.Writer, principals tallies, expected []query.Query, names []string) {
	fmt.Fprint(w, "\n## Surprises\n\n")
	if len(expected) == 0 {
		fmt.Fprintln(w, "Nobody was named beforehand, so it cannot be said who was not to act.")
		return
	}
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = span(n)
	}
	seen := make([]bool, len(names))
	others := tallies{}
	for key, t := range principals {
		known := false
		for i, q := range expected {
			if q.Match(&t.entry, &query.Env{}) {
				known, seen[i] = true, true
			}
		}
		if !known {
			others[key] = t
		}
	}
	switch {
	case len(others) == 0:
		fmt.Fprintf(w, "None: nobody acted but %s, who were named beforehand.\n", strings.Join(list, ", "))
	default:
		fmt.Fprintf(w, "Not named beforehand, as %s were:\n\n", strings.Join(list, ", "))
		for _, t := range others.sorted() {
			fmt.Fprintf(w, "* %s: %s\n", who(&t.entry), t.list())
		}
	}
	var absent []string
	for i := range list {
		if !seen[i] {
			absent = append(absent, list[i])
		}
	}
	if len(absent) > 0 {
		fmt.Fprintf(w, "\nNamed, and did not act: %s.\n", strings.Join(absent, ", "))
	}
}

// tallies are counted by what they have in common.
type tallies map[string]*tally

// sorted gives the tallies, the most frequent first.
func (t tallies) sorted() []*tally {
	keys := slices.SortedFunc(maps.Keys(t), func(a, b string) int {
		return cmp.Or(cmp.Compare(t[b].count, t[a].count), strings.Compare(a, b))
	})
	out := make([]*tally, len(keys))
	for i, k := range keys {
		out[i] = t[k]
	}
	return out
}

// list names what a tally was met with, the most frequent first.
func (t *tally) list() string {
	keys := slices.SortedFunc(maps.Keys(t.with), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.with[b], t.with[a]), strings.Compare(a, b))
	})
	for i, k := range keys {
		text := span(k)
		if k == "" {
			text = "not said"
		}
		keys[i] = fmt.Sprintf("%d %s", t.with[k], text)
	}
	return strings.Join(keys, ", ")
}

func (t tallies) principals(w io.Writer) {
	if len(t) == 0 {
		return
	}
	fmt.Fprint(w, "\n## By principal\n\n| Who | Entries | Not accepted | First | Last | What |\n|---|---:|---:|---|---|---|\n")
	for _, p := range t.sorted() {
		fmt.Fprintf(w, "| %s | %d | %d | %s | %s | %s |\n", who(&p.entry), p.count, p.failed, second(p.first), second(p.last), p.list())
	}
}

func (t tallies) operations(w io.Writer) {
	if len(t) == 0 {
		return
	}
	fmt.Fprint(w, "\n## By operation\n\n| What | Entries | Not accepted | Who |\n|---|---:|---:|---|\n")
	for _, o := range t.sorted() {
		fmt.Fprintf(w, "| %s | %d | %d | %s |\n", span(o.entry.Name()), o.count, o.failed, o.list())
	}
}

func writeFailures(w io.Writer, list []audit.Entry, all int) {
	fmt.Fprint(w, "\n## Not accepted\n\n")
	if all == 0 {
		fmt.Fprintln(w, "None.")
		return
	}
	fmt.Fprint(w, "| When (UTC) | Who | What | Result | log_id |\n|---|---|---|---|---|\n")
	for i := range list {
		e := &list[i]
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", second(e.Time()), who(e), sentence(e), outcome(e), span(e.LogID))
	}
	if more := all - len(list); more > 0 {
		fmt.Fprintf(w, "\nAnd %d more.\n", more)
	}
}

func minute(t time.Time) string {
	if t.Second() != 0 {
		return second(t)
	}
	return t.UTC().Format("2006-01-02 15:04")
}

func second(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }
