package principals

import (
	"cmp"
	"context"
	"slices"
	"time"

	"taudit/source/audit"
	"taudit/source/store"
)

// facts are what the page of a principal tells.
type facts struct {
	who    store.Principal
	sum    store.Sum // of what the filter means
	all    store.Sum // of all that is loaded
	detail store.Detail
	keys   []key
	list   *store.Matches // what they did, oldest first
	fresh  int64          // when they were first seen, if that makes them new
	met    []string       // addresses that are new to them
}

// key is a way to call that was used.
type key struct {
	via via
	id  string // of an API key
	store.Sum
}

// gather looks at what one principal did. It gives nil when that one is not known, or ctx is cancelled.
func (r *result) gather(ctx context.Context, snap *store.Snapshot) *facts {
	g, ok := r.roster.Find(*r.job.page)
	if !ok {
		return nil
	}
	f := &facts{who: r.roster.Principals[g], sum: r.sums[g], fresh: r.news.fresh[g]}
	q := store.Question{Groups: make([]int32, len(r.roster.Groups)), Count: 1, Targets: true, Hour: func(t int64) int {
		return r.job.clock.In(time.Unix(0, t)).Hour()
	}}
	for i := range q.Groups {
		q.Groups[i] = -1
	}
	people := map[audit.Person]bool{}
	for _, code := range f.who.People {
		q.Groups[code] = 0
		p := r.whole.Person(int(code))
		people[*p] = true
		f.all = f.all.Add(r.whole.Of(int(code)))
		if int(code) >= r.activity.People() {
			continue
		}
		if s := r.activity.Of(int(code)); s.Entries > 0 {
			f.use(viaOf(p), p.APIKeyID, s)
		}
	}
	slices.SortFunc(f.keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(b.Entries, a.Entries), cmp.Compare(a.via, b.via), cmp.Compare(a.id, b.id))
	})
	detail := r.activity.Detail(ctx, q)
	own := store.Words(store.Principals, func(e *audit.Entry) bool {
		return people[audit.Person{Principal: e.Principal, Email: e.UserEmail, Format: e.Format}]
	})
	if r.job.matches != nil {
		f.list = r.job.matches.Narrow(ctx, own, own)
	} else {
		f.list = snap.Match(ctx, own, nil)
	}
	if detail == nil || f.list == nil {
		return nil
	}
	f.detail = detail[0]
	for _, m := range r.news.met {
		if m.Group == g {
			f.met = append(f.met, m.Address)
		}
	}
	return f
}

func (f *facts) use(v via, id string, s store.Sum) {
	for i := range f.keys {
		if k := &f.keys[i]; k.via == v && k.id == id {
			k.Sum = k.Add(s)
			return
		}
	}
	f.keys = append(f.keys, key{v, id, s})
}
