package demo

import "strings"

// world is the account as it is at one moment of its history.
type world struct {
	dice  dice
	clock clock

	teams, given, family []string

	principals []*principal
	crowd      []crowd // users by zone
	robots     crowd
	admins     []*principal
	minute     int64   // since 1970, that the next two are for
	awake      wheel   // the zones by who is at work
	people     float64 // how busy people are, as clock.people
	now        int64   // when the call being made happens, in nanoseconds since 1970

	spaces  []*namespace // those that stay
	passing []*namespace // those that come and go
	traffic wheel        // over spaces

	guests                                                   []guest
	endpoints, rules, roles, groups, projects, exports, bots pool
}

// thing is something of the account that has an ID and a name.
type thing struct {
	id, name string
	space    *namespace
	region   string
}

// pool is a handful of things that are created and deleted.
type pool struct {
	prefix string
	things []thing
}

// The bounds of a pool: below, creating takes the place of deleting; above, updating that of creating.
const (
	poolLow  = 3
	poolHigh = 24
)

func newWorld(seed uint64) *world {
	d := newDice(seed, streamWorld)
	w := &world{
		dice: d, clock: newClock(),
		teams: strings.Fields(teamNames), given: strings.Fields(givenNames), family: strings.Fields(familyNames),
		endpoints: pool{prefix: "nexus"}, rules: pool{prefix: "vpce"}, roles: pool{prefix: "role"}, groups: pool{prefix: "team"},
		projects: pool{prefix: "project"}, exports: pool{prefix: "export"}, bots: pool{prefix: "bot"},
	}
	w.namespaces(d)
	w.populate(d)
	w.rank()
	for _, p := range []*pool{&w.endpoints, &w.rules, &w.roles, &w.groups, &w.projects, &w.exports, &w.bots} {
		for range 8 {
			w.create(p, nil)
		}
	}
	for range 12 {
		w.guests = append(w.guests, w.newGuest())
	}
	return w
}

// create adds a thing to a pool. Names are made of a team's and a number, as people make them.
func (w *world) create(p *pool, n *namespace) thing {
	t := w.plan(p, n)
	p.things = append(p.things, t)
	return t
}

// plan is the thing that create would add.
func (w *world) plan(p *pool, n *namespace) thing {
	if n == nil || n.passing {
		// What is made outlives the namespaces that come and go.
		n = w.spaces[w.traffic.spin(w.dice)]
	}
	b := make([]byte, 0, 48)
	b = append(b, w.teams[n.team]...)
	b = append(b, '-')
	b = append(b, p.prefix...)
	b = append(b, '-')
	b = w.dice.hex(b, 4)
	return thing{id: w.dice.hexString(32), name: string(b), space: n, region: n.regions[0]}
}

// any gives one thing of a pool and where it is; pools are never empty.
func (w *world) any(p *pool) (int, thing) {
	i := w.dice.IntN(len(p.things))
	return i, p.things[i]
}

// remove deletes thing i.
func (p *pool) remove(i int) {
	last := len(p.things) - 1
	p.things[i] = p.things[last]
	p.things = p.things[:last]
}

func (p *pool) room() bool  { return len(p.things) < poolHigh }
func (p *pool) spare() bool { return len(p.things) > poolLow }
