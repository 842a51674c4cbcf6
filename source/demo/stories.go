package demo

import "time"

// How often something new that people do is more than one call.
const (
	mistakes     = 0.014
	wrongFail    = 0.0022
	rotations    = 0.007
	onboardings  = 0.005
	offboardings = 0.004
	slips        = 0.028 // calls that fail for no particular reason
	secondLogins = 0.11
	byCommand    = 0.2 // calls of people that come with their API key rather than from the browser
)

// arrive is something new at a time: somebody begins to do something.
func (t *Timeline) arrive(at int64) Record {
	w := t.world
	if at >= t.support {
		first := t.support == 0
		t.support = at + int64(t.dice.between(30*time.Hour, 60*time.Hour))
		if !first {
			return t.make(at, call{verb: updateNamespace, actor: w.named(supportName), via: browser})
		}
	}
	w.wake(at)
	if m := w.clock.machines(w.people); t.dice.Float64()*(w.people+m) < m {
		p := w.robot()
		return t.make(at, t.routine(at, p))
	}
	p := w.human(at)
	if v, ok := t.owed(at); ok {
		return t.make(at, call{verb: v, actor: w.admin(at)})
	}
	if today := w.clock.localDay(p.zone, at); today > p.login || t.dice.chance(secondLogins) {
		p.login = today
		c := t.routine(at, p)
		c.via, c.chain = browser, p.chains[0]
		t.after(at, t.dice.between(15*time.Second, 4*time.Minute), c)
		return t.make(at, call{verb: userLogin, actor: p, via: browser, chain: c.chain})
	}
	if r, ok := t.story(at, p); ok {
		return r
	}
	return t.make(at, t.routine(at, p))
}

// routine draws what a principal does on an ordinary day.
func (t *Timeline) routine(at int64, p *principal) call {
	e := t.plan.era(at)
	return call{verb: t.desk[e][p.class].draw(t.dice), actor: p, failed: t.dice.chance(slips)}
}

// owed gives an operation that has to be done now so that all of them are done in the course of their era.
func (t *Timeline) owed(at int64) (verb, bool) {
	e := t.plan.era(at)
	due := t.due[e]
	if len(due) == 0 {
		return 0, false
	}
	begin, end := t.plan.began[e], t.plan.ends(e)
	all := t.duties[e]
	// All should be done after nine tenths.
	if through := float64(at-begin) / float64(end-begin) / 0.9; float64(all-len(due)) >= through*float64(all) {
		return 0, false
	}
	for i, v := range due {
		if ready := t.ops[v].ready; ready == nil || ready(t.world) {
			t.due[e] = append(due[:i], due[i+1:]...)
			return v, true
		}
	}
	return 0, false
}

// story begins one of the things that take several calls; what follows is queued.
func (t *Timeline) story(at int64, p *principal) (Record, bool) {
	w, d := t.world, t.dice
	roll := d.Float64()
	is := func(chance float64) bool {
		roll -= chance
		return roll < 0
	}
	switch {
	case is(mistakes):
		// Not allowed; tried again; given the permission by somebody; done.
		space := w.spaces[3*d.IntN(len(w.teams))]
		c := call{verb: updateNamespace, actor: p, space: space, failed: true, via: browser, chain: p.chains[0]}
		wait := time.Duration(0)
		for range d.IntN(3) {
			wait += d.between(4*time.Second, 40*time.Second)
			t.after(at, wait, c)
		}
		wait += d.between(time.Minute, 9*time.Minute)
		t.after(at, wait, call{verb: setUserAccess, actor: w.admin(at), subject: p, space: space})
		wait += d.between(20*time.Second, 3*time.Minute)
		done := c
		done.failed = false
		t.after(at, wait, done)
		return t.make(at, c), true
	case is(wrongFail):
		p = w.admin(at)
		space := w.replicated()
		if len(space.regions) < 2 {
			return Record{}, false
		}
		c := call{verb: failover, actor: p, space: space, via: browser}
		t.after(at, d.between(100*time.Second, 7*time.Minute), c)
		return t.make(at, c), true
	case is(rotations):
		// A new key is made and used, then the old one is disabled and deleted.
		owner := w.robot()
		admin := w.admin(at)
		wait := d.between(4*time.Minute, 25*time.Minute)
		t.after(at, wait, call{verb: updateKey, actor: admin, subject: owner})
		t.after(at, wait+d.between(2*time.Minute, 20*time.Minute), call{verb: deleteKey, actor: admin, subject: owner})
		v := createKey
		if t.plan.era(at) != era2024 && d.chance(0.5) {
			v = createBotKey
		}
		return t.make(at, call{verb: v, actor: admin, subject: owner}), true
	case is(onboardings):
		admin := w.admin(at)
		t.after(at, d.between(30*time.Second, 5*time.Minute), call{verb: setUserAccess, actor: admin})
		if t.plan.era(at) == era2026 {
			t.after(at, d.between(5*time.Minute, 8*time.Minute), call{verb: addMember, actor: admin})
		}
		return t.make(at, call{verb: inviteUsers, actor: admin}), true
	case is(offboardings):
		admin := w.admin(at)
		t.after(at, d.between(20*time.Second, 3*time.Minute), call{verb: deleteUser, actor: admin})
		return t.make(at, call{verb: deleteKey, actor: admin}), true
	}
	return Record{}, false
}

// follow queues the other entries of the request that a call was, if it has any; they share its async operation ID.
func (t *Timeline) follow(at int64, e era, c *call) {
	var next verb
	switch c.verb {
	case createNamespace:
		next = updateTags
	case inviteUsers:
		next = updateUserPermissions
	case createUser:
		next = setUserAccess
	case failover:
		next = updateNamespace
	case updateNamespace:
		if c.actor.class == terraform || !t.dice.chance(0.08) {
			return
		}
		next = updateTags
	case createBot:
		if c.actor.class == terraform {
			return
		}
		next = setBotAccess
	default:
		return
	}
	if t.ops[next].names[e] == "" {
		next = updateNamespace
		if c.verb == inviteUsers {
			next = setUserAccess
		}
	}
	f := *c
	f.verb = next
	t.after(at, t.dice.between(40*time.Millisecond, 2500*time.Millisecond), f)
}

// begin queues a run.
func (t *Timeline) begin(r run) {
	if r.calls < 1 {
		return
	}
	w := t.world
	k := &task{at: r.at, left: r.calls - 1, gap: r.gap, storm: r.storm}
	if r.storm {
		p := w.robots.members[t.dice.IntN(6)]
		v := updateNamespace
		if e := t.plan.era(r.at); e == era2026 {
			v = [...]verb{updateNamespace, setBotAccess, updateTags}[t.dice.IntN(3)]
		}
		k.call = call{verb: v, actor: p, space: w.spaces[w.traffic.spin(t.dice)], chain: p.chains[0]}
	} else {
		k.drawn = true
		k.call = call{actor: w.named("terraform")}
	}
	t.schedule(k)
}

// staff queues the comings and goings of a period of some length.
func (t *Timeline) staff() {
	w := t.world
	span := t.plan.to - t.plan.from
	if span < 5*int64(day) {
		return
	}
	// Neither administrators, without whom there would be nobody to do it, nor the busiest, who would be missed.
	people := w.principals[administrators*4+10 : users]
	order := t.dice.Perm(len(people))
	for i := range joiners + leavers {
		p := people[order[i]]
		at := t.workday(t.plan.from+span/16+t.dice.Int64N(span*13/16), p.zone)
		k := &task{at: at, call: call{actor: p}}
		if i < joiners {
			k.join, p.member = true, false
		} else {
			k.leave = true
		}
		t.schedule(k)
	}
}

// workday moves a time to the next morning of a weekday.
func (t *Timeline) workday(at int64, zone int) int64 {
	for range 14 * 24 {
		if t.world.clock.busy(zone, at) > 0.9 {
			break
		}
		at += int64(time.Hour)
	}
	return at
}

// moveStaff invites or removes a user.
func (t *Timeline) moveStaff(k *task, at int64) Record {
	w, p := t.world, k.call.actor
	admin := w.admin(at)
	if k.leave {
		t.after(at, t.dice.between(10*time.Second, 2*time.Minute), call{verb: deleteKey, actor: admin})
		return t.make(at, call{verb: deleteUser, actor: admin, subject: p})
	}
	t.after(at, t.dice.between(time.Minute, 4*time.Minute), call{verb: setUserAccess, actor: admin, subject: p})
	t.after(at, t.dice.between(10*time.Minute, 90*time.Minute), call{verb: userLogin, actor: p, via: browser})
	p.invited = true
	return t.make(at, call{verb: inviteUsers, actor: admin, subject: p})
}
