package demo

// The functions below write the requests on users, service accounts, groups and API keys.

// user draws a user who is not the caller: one of the account or, less often, a guest.
func (w *world) user(c *call) (id, email string) {
	if c.subject != nil {
		return c.subject.id, c.subject.name
	}
	if w.dice.chance(0.25) {
		g := pick(w.dice, w.guests)
		return g.id, g.email
	}
	for range 4 {
		if p := w.principals[w.dice.IntN(users)]; p.member && p != c.actor {
			return p.id, p.name
		}
	}
	return w.admins[0].id, w.admins[0].name
}

func (w *world) teamSpace(c *call) *namespace {
	if c.subject != nil {
		return w.spaces[3*c.subject.team+1]
	}
	return w.on(c)
}

func applyInvite(w *world, c *call, d *details) {
	email := ""
	if c.subject != nil {
		email = c.subject.name
	} else {
		g := w.newGuest()
		email = g.email
		if !c.failed {
			w.guests = append(w.guests, g)
		}
	}
	d.users = append(d.users, email)
	n := w.teamSpace(c)
	if c.verb == inviteUsers {
		d.raw.list("emails", d.users)
		d.access(w, n)
	} else {
		d.raw.object("spec")
		d.raw.str("email", email)
		d.access(w, n)
		d.raw.end('}')
	}
	d.roles = append(d.roles, d.role)
}

func applyDeleteUser(w *world, c *call, d *details) {
	id := ""
	if p := c.subject; p != nil {
		id = p.id
		p.member = p.member && c.failed
	} else {
		i := w.dice.IntN(len(w.guests))
		id = w.guests[i].id
		if !c.failed {
			w.guests = append(w.guests[:i], w.guests[i+1:]...)
		}
	}
	d.users = append(d.users, id)
	d.raw.str("user_id", id)
	d.version(w)
}

func applyUpdateUser(w *world, c *call, d *details) {
	id, email := w.user(c)
	d.users = append(d.users, email)
	d.raw.str("user_id", id)
	d.raw.object("spec")
	d.raw.str("email", email)
	d.access(w, w.teamSpace(c))
	d.raw.end('}')
	d.version(w)
}

func applyUserAccess(w *world, c *call, d *details) {
	id, _ := w.user(c)
	d.users = append(d.users, id)
	d.target(w.teamSpace(c))
	d.raw.str("user_id", id)
	d.grant(w)
	d.version(w)
}

func applyUserProject(w *world, c *call, d *details) {
	id, _ := w.user(c)
	_, project := w.any(&w.projects)
	d.raw.str("project_id", project.id)
	if c.verb == setUserProjects {
		other, _ := w.user(c)
		d.raw.list("user_ids", []string{id, other})
	} else {
		d.raw.str("user_id", id)
	}
	d.projectGrant(w)
	d.version(w)
}

// owner gives whose key a call is about: a developer's own, anybody's else.
func (w *world) owner(c *call) *principal {
	switch {
	case c.subject != nil:
		return c.subject
	case c.verb == createBotKey || c.actor.class == administrator && w.dice.chance(0.7):
		return w.robot()
	default:
		return c.actor
	}
}

// keyLimit is how many keys anybody has here at a time; older ones run out.
const keyLimit = 4

func applyCreateKey(w *world, c *call, d *details) {
	p := w.owner(c)
	d.keySpec(w, c, p)
	if !c.failed {
		if len(p.keys) == keyLimit {
			p.keys = append(p.keys[:0], p.keys[1:]...)
		}
		p.keys = append(p.keys, w.dice.tokenString(32))
	}
}

func (d *details) keySpec(w *world, c *call, p *principal) {
	kind := "OWNER_TYPE_USER"
	if p.kind == kindService {
		kind = "OWNER_TYPE_SERVICE_ACCOUNT"
	}
	d.raw.object("spec")
	d.raw.str("owner_id", p.id)
	d.raw.str("owner_type", kind)
	d.raw.str("display_name", w.teams[p.team]+"-key")
	if w.dice.chance(0.3) {
		d.raw.str("description", note(w.dice))
	}
	d.raw.time("expiry_time", (floorDiv(w.now, int64(day))+1+int64(w.dice.IntN(90)))*int64(day))
	d.raw.yes("disabled", c.verb != createKey && c.verb != createBotKey && w.dice.chance(0.4))
	d.raw.end('}')
}

// heldKey gives a key of somebody, the oldest first; everybody who has none left to give lends one of a service account.
func (w *world) heldKey(c *call) (p *principal, id string) {
	p = w.owner(c)
	if len(p.keys) < 2 {
		p = w.robot()
	}
	return p, p.keys[0]
}

func applyUpdateKey(w *world, c *call, d *details) {
	p, id := w.heldKey(c)
	d.raw.str("key_id", id)
	d.keySpec(w, c, p)
	d.version(w)
}

func applyDeleteKey(w *world, c *call, d *details) {
	p, id := w.heldKey(c)
	d.raw.str("key_id", id)
	d.version(w)
	// The last key of a service account is never taken: what it does next is done with it.
	if !c.failed && len(p.keys) > 1 {
		p.keys = append(p.keys[:0], p.keys[1:]...)
	}
}

func applyCreateBot(w *world, c *call, d *details) {
	t := w.plan(&w.bots, nil)
	d.botSpec(w, t)
	if !c.failed {
		w.bots.things = append(w.bots.things, t)
	}
}

func (d *details) botSpec(w *world, t thing) {
	d.raw.object("spec")
	d.raw.str("name", t.name)
	d.access(w, t.space)
	if w.dice.chance(0.5) {
		d.raw.str("description", note(w.dice))
	}
	d.raw.end('}')
}

func applyUpdateBot(w *world, _ *call, d *details) {
	_, t := w.any(&w.bots)
	d.raw.str("service_account_id", t.id)
	d.botSpec(w, t)
	d.version(w)
}

func applyDeleteBot(w *world, c *call, d *details) {
	d.raw.str("service_account_id", w.take(&w.bots, c).id)
	d.version(w)
}

// take removes a thing of a pool, or only names it in a call that fails.
func (w *world) take(p *pool, c *call) thing {
	i, t := w.any(p)
	if !c.failed && p.spare() {
		p.remove(i)
	}
	return t
}

func applyBotAccess(w *world, c *call, d *details) {
	_, t := w.any(&w.bots)
	d.raw.str("service_account_id", t.id)
	d.target(w.on(c))
	d.grant(w)
	d.version(w)
}

func applyBotProject(w *world, c *call, d *details) {
	_, project := w.any(&w.projects)
	_, t := w.any(&w.bots)
	d.raw.str("project_id", project.id)
	if c.verb == setBotProjects {
		_, other := w.any(&w.bots)
		d.raw.list("service_account_ids", []string{t.id, other.id})
	} else {
		d.raw.str("service_account_id", t.id)
	}
	d.projectGrant(w)
	d.version(w)
}

func applyCreateGroup(w *world, c *call, d *details) {
	t := w.plan(&w.groups, nil)
	d.groupSpec(w, t)
	if !c.failed {
		w.groups.things = append(w.groups.things, t)
	}
}

func (d *details) groupSpec(w *world, t thing) {
	d.raw.object("spec")
	d.raw.str("display_name", t.name)
	d.access(w, t.space)
	d.raw.object("google_group")
	d.raw.str("email_address", t.name+"@example.com")
	d.raw.end('}', '}')
}

func applyUpdateGroup(w *world, _ *call, d *details) {
	_, t := w.any(&w.groups)
	d.raw.str("group_id", t.id)
	d.groupSpec(w, t)
	d.version(w)
}

func applyDeleteGroup(w *world, c *call, d *details) {
	d.raw.str("group_id", w.take(&w.groups, c).id)
	d.version(w)
}

func applyGroupAccess(w *world, c *call, d *details) {
	_, t := w.any(&w.groups)
	d.target(w.on(c))
	d.raw.str("group_id", t.id)
	d.grant(w)
	d.version(w)
}

func applyGroupProject(w *world, c *call, d *details) {
	_, project := w.any(&w.projects)
	_, t := w.any(&w.groups)
	d.raw.str("project_id", project.id)
	if c.verb == setGroupProjects {
		_, other := w.any(&w.groups)
		d.raw.list("group_ids", []string{t.id, other.id})
	} else {
		d.raw.str("group_id", t.id)
	}
	d.projectGrant(w)
	d.version(w)
}

func applyMember(w *world, c *call, d *details) {
	_, t := w.any(&w.groups)
	id, _ := w.user(c)
	d.raw.str("group_id", t.id)
	d.raw.object("member_id")
	d.raw.str("user_id", id)
	d.raw.end('}')
}
