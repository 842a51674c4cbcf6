package demo

import (
	"time"

	"taudit/source/audit"
)

// slabSize is how many bytes of records are allocated at a time; a record that is kept keeps those of one slab.
const slabSize = 64 << 10

// make does a call: it changes the world and writes the entry.
func (t *Timeline) make(at int64, c call) Record {
	w := t.world
	at = max(at, t.now)
	if p := c.actor; !p.member {
		if p.invited && c.verb == userLogin {
			p.member, p.login = true, w.clock.localDay(p.zone, at)
		} else {
			// The one who meant to do this has been removed from the account.
			c = t.routine(at, w.human(at))
		}
	}
	e := t.plan.era(at)
	if t.ops[c.verb].names[e] == "" {
		// Queued before the names changed.
		c = t.routine(at, c.actor)
	}
	if op := &t.ops[c.verb]; op.ready != nil && !op.ready(w) {
		c.verb = op.otherwise
	}
	if c.space != nil && !c.space.exists && c.verb != createNamespace {
		c.space = nil
	}
	at = t.stamp(at, e, c.actor)
	w.now = at
	t.now = at

	d := &t.details
	d.reset()
	op := &t.ops[c.verb]
	if c.via == undecided {
		c.via = command
		if p := c.actor; p.kind == kindUser && (len(p.keys) == 0 || !t.dice.chance(byCommand)) {
			c.via = browser
		}
	}
	key := ""
	if c.via == command {
		key = c.actor.key()
	}
	if c.chain == "" {
		c.chain = c.actor.chains[0]
		if n := len(c.actor.chains); n > 1 && t.dice.chance(0.3) {
			c.chain = c.actor.chains[1+t.dice.IntN(n-1)]
		}
	}
	continued := c.async != ""
	if !op.quick && !continued {
		c.async = t.dice.uuidString()
	}
	op.apply(w, &c, d)
	if c.actor.class == terraform {
		// Its provider makes the ID itself; for others the service does.
		d.raw.str("async_operation_id", c.async)
	}
	d.raw.end('}')
	if !c.failed && !continued {
		t.follow(at, e, &c)
	}
	return t.write(at, e, &c, key)
}

// stamp rounds a time to what is recorded: whole seconds in the oldest era; calls from the browser in milliseconds, others
// in microseconds or nanoseconds.
func (t *Timeline) stamp(at int64, e era, p *principal) int64 {
	unit := time.Millisecond
	switch {
	case e == era2024:
		unit = time.Second
	case p.kind == kindService && p.team%2 == 0:
		unit = time.Microsecond
	case p.kind == kindService:
		unit = time.Nanosecond
	}
	// Order goes before precision: nothing may be older than the entry before it.
	return max(at-at%int64(unit), t.now)
}

// write gives the entry of a call as it goes over the wire, with zero values left out. The order of the members is that of
// the fields in the interface definition (temporal/api/cloud/auditlog/v1).
func (t *Timeline) write(at int64, e era, c *call, key string) Record {
	if cap(t.slab)-len(t.slab) < 4<<10 {
		t.slab = make([]byte, 0, slabSize)
	}
	w, d, p := t.world, &t.details, c.actor
	begin := len(t.slab)
	line := text(t.slab)
	b := &line
	r := Record{EmitTime: time.Unix(0, at).UTC(), Format: [eras]audit.Format{audit.F2, audit.F3, audit.F4}[e]}

	*b = append(*b, '{')
	b.time("emit_time", at)
	if e != era2026 {
		b.str("level", "LOG_LEVEL_INFO")
		b.str("caller_ip_address", c.chain)
		if p.kind == kindUser {
			b.str("user_email", p.name)
		}
	}
	b.str("operation", t.ops[c.verb].names[e])
	if e != era2026 {
		d.summary(b, w)
	}
	if c.failed {
		b.str("status", "ERROR")
	} else {
		b.str("status", "OK")
	}
	if e != era2026 {
		b.str("category", "LOG_CATEGORY_ADMIN")
	}
	if e != era2024 {
		b.num("version", 2)
	}
	b.key("log_id")
	b.end('"')
	r.idAt = len(*b) - begin
	if e == era2024 {
		*b = append(*b, "0mc"...)
		*b = t.dice.hex(*b, 29)
	} else {
		*b = t.dice.uuid(*b)
	}
	r.idEnd = len(*b) - begin
	b.end('"')
	if e != era2026 {
		b.str("request_id", c.async)
	}
	b.object("principal")
	b.str("type", p.kind)
	if c.verb != userLogin {
		b.str("id", p.id)
	}
	b.str("name", p.name)
	if e != era2024 {
		b.str("api_key_id", key)
		b.end('}')
		if len(d.raw) > len("{}") {
			b.key("raw_details")
			*b = append(*b, d.raw...)
		}
		b.str("x_forwarded_for", c.chain)
		b.str("async_operation_id", c.async)
	} else {
		b.end('}')
	}
	b.end('}')
	t.slab = line
	r.JSON = line[begin:len(line):len(line)]
	return r
}
