package detail

import (
	"strings"
	"time"

	"taudit/source/audit"
	"taudit/source/store"
	"taudit/views"
)

// ago says how long ago the entry happened, as far as that is known.
func (p *Pane) ago() string {
	said := p.since(p.entry.Time())
	if strings.HasPrefix(said, "in ") {
		said += ", by this clock" // what has happened cannot be ahead
	}
	return said
}

// since says how long ago a time was, or how far ahead it is; nothing where no ages are told.
func (p *Pane) since(t time.Time) string {
	if t.IsZero() || p.now.IsZero() || p.clock.Still {
		return ""
	}
	d := p.now.Sub(t)
	if d <= -time.Second {
		return "in " + views.Age(-d)
	}
	return views.Age(d) + " ago"
}

// aged is a time that was drawn with its age.
type aged struct {
	at   time.Time
	said string
}

// older tells whether an age that is seen has changed.
func (p *Pane) older() bool {
	for _, a := range p.aged {
		if p.since(a.at) != a.said {
			return true
		}
	}
	return false
}

// delay says how long the entry took to reach its sink.
func delay(e *audit.Entry) string {
	if e.EmitTime.IsZero() || e.Origin.Arrived.IsZero() {
		return ""
	}
	d := e.Origin.Arrived.Sub(e.EmitTime)
	if d <= -time.Second {
		return "arrived " + views.Age(-d) + " before: clocks differ"
	}
	return "arrived +" + views.Age(d)
}

// known are the values at the top of the entry whose meaning is known; -1 where there is none.
type known struct{ emitTime, operation, status, principal int32 }

// maxFields is among how many values at the top they are looked for. Records have some 15.
const maxFields = 1000

func knownIn(t *tree) known {
	k := known{-1, -1, -1, -1}
	if len(t.nodes) == 0 {
		return k
	}
	for c := int32(1); c < t.nodes[0].end && t.nodes[c].place < maxFields; c = t.nodes[c].end {
		switch t.key(c) {
		case "emit_time", "emitTime":
			k.emitTime = c
		case "operation":
			k.operation = c
		case "status":
			k.status = c
		case "principal":
			k.principal = c
		}
	}
	return k
}

// note gives the remarks beside a value, the most useful first.
func (p *Pane) note(i int32) []string {
	if i <= 0 {
		return nil
	}
	e := &p.entry
	switch i {
	case p.known.emitTime:
		if e.EmitTime.IsZero() {
			return []string{"not a time"}
		}
		at := ""
		if p.tree.nodes[i].kind != text { // downloads have an object of seconds and nanoseconds there
			at = p.clock.Full(e.EmitTime)
		}
		return some(at, p.age, delay(e))
	case p.known.operation:
		if e.Operation != "" {
			return []string{"verb " + e.Verb(), "resource " + e.Resource()}
		}
	case p.known.status:
		if meaning := e.Outcome(); meaning != e.Status {
			return some("request " + meaning)
		}
	}
	return p.recognised(i)
}

// recognised says what a text is known to be.
func (p *Pane) recognised(i int32) []string {
	k := p.recognise(i)
	if k.Meaning != audit.Moment {
		return some(k.Note)
	}
	age := p.since(k.Time)
	if age != "" {
		p.aged = append(p.aged, aged{k.Time, age})
	}
	at := ""
	if p.clock.Mode == views.LocalTime {
		at = p.clock.Full(k.Time)
	}
	return some(age, at)
}

func (p *Pane) recognise(i int32) audit.Known {
	const longest = 1024
	t := p.tree
	if t.nodes[i].kind != text || t.nodes[i].value.to-t.nodes[i].value.from > longest {
		return audit.Known{}
	}
	named := i
	for t.nodes[named].key.to == 0 && t.nodes[named].parent >= 0 {
		named = t.nodes[named].parent
	}
	return audit.Recognise(t.key(named), t.says(i))
}

// prefix is how many bytes of a value all of its kind begin with.
func (p *Pane) prefix(i int32) int { return p.recognise(i).Prefix }

// some leaves out what is empty.
func some(parts ...string) []string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// outcome says what the status means.
func outcome(e *audit.Entry) string {
	meaning := e.Outcome()
	switch {
	case e.Status == "":
		return "no status"
	case meaning == e.Status:
		return e.Status
	}
	return e.Status + " = request " + meaning
}

// who says who acted and by which means.
func who(e *audit.Entry) []string {
	actor := e.Actor()
	if actor == "" && e.Principal.APIKeyID == "" {
		return []string{"not said"}
	} else if actor == "" {
		actor = "not named"
	}
	if k := kindOfPrincipal(e); k != "" {
		actor += " (" + k + ")"
	}
	var via string
	switch e.Via() {
	case "apikey":
		via = "via API key " + e.Principal.APIKeyID
	case "browser":
		via = "via browser"
	}
	id := ""
	if e.Principal.ID != "" && e.Principal.ID != e.Actor() {
		id = "id " + e.Principal.ID
	}
	return some(actor, via, id)
}

func kindOfPrincipal(e *audit.Entry) string {
	if k := e.PrincipalKind(); k != "serviceaccount" {
		return k
	}
	return "service account"
}

// what says what was done in the words of filters.
func what(e *audit.Entry) []string {
	if e.Operation == "" {
		return []string{"not said"}
	}
	target := ""
	if e.Target != "" {
		target = "target " + e.Target
	}
	namespace := ""
	if e.Namespace != "" && e.Namespace != e.Target {
		namespace = "namespace " + e.Namespace
	}
	return some(e.Verb()+" "+e.Resource(), target, namespace)
}

// when says when it happened and how that is known.
func (p *Pane) when() []string {
	e := &p.entry
	switch {
	case !e.EmitTime.IsZero():
		return some(p.clock.Full(e.EmitTime), p.age, delay(e))
	case !e.Origin.Arrived.IsZero():
		return some("arrived "+p.clock.Full(e.Origin.Arrived), p.age, "no emit time")
	}
	return []string{"not said"}
}

// where says the chain of addresses. Its first hop is what the caller claimed.
func where(e *audit.Entry) []string {
	hops := e.Addresses()
	switch len(hops) {
	case 0:
		return []string{"not said"}
	case 1:
		return hops
	}
	return []string{strings.Join(hops, ", "), "the first is the caller's own claim"}
}

// request says the id that ties entries of one request together.
func request(e *audit.Entry) []string {
	if id := e.Correlation(); id != "" {
		return []string{id}
	}
	return []string{"-"}
}

// origin says where in its source the entry was, in full or short.
func origin(o *audit.Origin, short bool) string {
	var parts []string
	if shard, ok := strings.CutPrefix(o.Part, "shardId-"); ok {
		number := strings.TrimLeft(shard, "0")
		for len(number) < 4 {
			number = "0" + number
		}
		parts = append(parts, "shard "+number)
		const tail = 6
		switch {
		case o.Position == "":
		case short && len(o.Position) > tail+2:
			parts = append(parts, "seq .."+o.Position[len(o.Position)-tail:])
		default:
			parts = append(parts, "seq "+o.Position)
		}
		return strings.Join(parts, " ")
	}
	part := o.Part
	if i := strings.LastIndexByte(part, '/'); short && i >= 0 {
		part = ".." + part[i:]
	}
	if part != "" {
		parts = append(parts, part)
	}
	if o.Position != "" {
		parts = append(parts, "byte "+o.Position)
	}
	return strings.Join(parts, " ")
}

// arrival says when the entry reached its sink.
func (p *Pane) arrival() string {
	if p.entry.Origin.Arrived.IsZero() {
		return ""
	}
	return "arrived " + p.clock.Brief(p.entry.Origin.Arrived)
}

// peculiar says what is so about the entry.
func (p *Pane) peculiar() []string {
	var out []string
	if p.flags&store.Conflict != 0 {
		out = append(out, "same log_id as another")
	}
	if p.gone {
		out = append(out, "no longer held")
	}
	if p.flags&store.Resent != 0 {
		out = append(out, "newest of several versions")
	}
	if p.flags&store.Rescued != 0 {
		out = append(out, "from a Firehose error record")
	}
	return out
}
