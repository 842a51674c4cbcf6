package cli

import (
	"context"
	"slices"
	"time"

	"taudit/app"
	"taudit/app/export"
	"taudit/source/audit"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/views"
)

// output counts what is printed and stops at its limit or when nobody reads any more. It is not for concurrent use.
type output struct {
	format   export.Format
	query    query.Query // only what it means is printed
	clock    func() time.Time
	language query.Env // but for the clock
	limit    int       // 0: none
	full     func()    // called when the limit is reached or writing fails
	printed  int
	err      error
}

// open tells whether more may be printed.
func (o *output) open() bool { return o.err == nil && (o.limit == 0 || o.printed < o.limit) }

func (o *output) write(r export.Record) {
	if !o.open() {
		return
	}
	if o.fail(o.format.Write(r)); o.err != nil {
		return
	}
	o.printed++
	if !o.open() && o.full != nil {
		o.full()
	}
}

func (o *output) flush() {
	if o.err == nil {
		o.fail(o.format.Flush())
	}
}

func (o *output) fail(err error) {
	if err == nil {
		return
	}
	o.err = err
	if gone(err) {
		o.err = errGone
	}
	if o.full != nil {
		o.full()
	}
}

// meant gives the rows of a store that the filter means.
func (o *output) meant(s *store.Snapshot) views.Rows {
	if o.query.Empty() {
		return s
	}
	return s.Match(context.Background(), app.Filter(o.query, o.env()), nil)
}

// env is what the filter is seen with now.
func (o *output) env() *query.Env {
	env := o.language
	env.Now = o.clock().UTC()
	return &env
}

// snapshot prints the last n entries of a store, all for 0.
func (o *output) snapshot(s *store.Snapshot, n int) {
	rows := o.meant(s)
	first := 0
	if n > 0 {
		first = max(0, rows.Len()-n)
	}
	for i := first; i < rows.Len() && o.open(); i++ {
		o.write(rows.At(i))
	}
}

// batch prints entries in the order of their time.
func (o *output) batch(entries []audit.Entry) {
	env := o.env()
	for _, e := range sorted(entries) {
		if o.query.Match(&e, env) {
			o.write(received{e})
		}
	}
}

// merged prints what a store holds and a batch that it does not hold yet, as one.
func (o *output) merged(s *store.Snapshot, late []audit.Entry) {
	late = sorted(late)
	rows := o.meant(s)
	for i := 0; i < rows.Len() && o.open(); i++ {
		row := rows.At(i)
		n := 0
		for n < len(late) && late[n].Time().Before(row.Time()) {
			n++
		}
		o.batch(late[:n])
		late = late[n:]
		o.write(row)
	}
	o.batch(late)
}

func sorted(entries []audit.Entry) []audit.Entry {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b audit.Entry) int { return audit.Compare(&a, &b) })
	return entries
}

// received is an entry that comes from a source and not from the store.
type received struct{ entry audit.Entry }

func (r received) Raw() string        { return r.entry.Raw }
func (r received) Entry() audit.Entry { return r.entry }
