package demo

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// How many there are of each. Together they are the account's 200 principals.
const (
	users           = 169
	serviceAccounts = 30
	administrators  = 14
	joiners         = 7 // users invited during the period
	leavers         = 5 // users removed during the period
)

// supportName is how Temporal's own support signs in records, spelled as its interface definition spells it.
const supportName = "support@temoral.io"

// principal is a user or a service account.
type principal struct {
	kind  string // as principal.type on the wire
	id    string
	name  string
	zone  int
	team  int
	class class

	// chains are the address chains that calls come through, the usual one first.
	chains []string

	// keys are the IDs of its API keys, oldest first; the newest is the one in use.
	keys []string

	member   bool  // is part of the account now
	invited  bool  // will be with the first login
	internal bool  // is Temporal itself
	login    int64 // the local day of the last login
}

// class is what kind of work a principal does.
type class uint8

const (
	developer class = iota
	administrator
	machine
	terraform
	classes int = iota
)

const (
	kindUser    = "user"
	kindService = "serviceaccount"
)

func (p *principal) key() string {
	if len(p.keys) == 0 {
		return ""
	}
	return p.keys[len(p.keys)-1]
}

const givenNames = "maria jonas priya wei sofia liam amara noah yuki elena omar hannah diego fatima lucas ingrid ravi chloe mateo anna " +
	"kofi julia tomas leila felix nadia victor grace arjun emma"

const familyNames = "keller okafor nguyen schmidt patel garcia larsen chen novak rossi silva tanaka murphy weber haddad kowalski brown iyer " +
	"martin dubois jensen ferrari lopez bauer singh clark moreau eriksen vogel park"

// robots are the service accounts that have names of their own; the first five do the most. The rest belong to teams.
const robots = "terraform ci-deploy datadog-agent github-actions argocd-sync scim-sync vault-rotator cert-renewer export-manager " +
	"cost-reporter backup-agent slack-approvals nexus-sync status-page okta-bridge pagerduty-bot load-tester schema-migrator"

// populate makes the principals of the account: administrators and the busiest first within each kind.
func (w *world) populate(d dice) {
	given, family := strings.Fields(givenNames), strings.Fields(familyNames)
	var places wheel
	for _, z := range w.clock.zones {
		places.add(z.share)
	}
	order := d.Perm(len(given) * len(family))
	for i := range users {
		n := order[i]
		p := &principal{
			kind: kindUser, id: d.uuidString(), zone: places.spin(d), team: d.IntN(len(w.teams)), member: true, login: math.MinInt64,
			name: given[n%len(given)] + "." + family[n/len(given)] + "@example.com",
		}
		// Administrators are not the very busiest, but near it.
		if i%4 == 1 && i/4 < administrators {
			p.class = administrator
		}
		if p.class == administrator || d.chance(0.45) {
			p.keys = []string{d.tokenString(32)}
		}
		z := w.clock.zones[p.zone]
		home := fmt.Sprintf("198.51.100.%d", 20+i)
		p.chains = []string{z.office + ", " + z.network, home, home + ", " + z.network}
		w.principals = append(w.principals, p)
	}
	for i, name := range w.robotNames() {
		p := &principal{
			kind: kindService, id: d.hexString(32), name: name, class: machine, team: i % len(w.teams), member: true,
			keys:   []string{d.tokenString(32)},
			chains: []string{fmt.Sprintf("192.0.2.%d, 10.60.0.%d", 10+i, 2+i%3)},
		}
		switch i {
		case 0:
			p.class, p.chains = terraform, []string{"198.51.100.4"}
		case 1:
			p.chains = []string{"192.0.2.11, 10.60.0.3", "192.0.2.12, 10.60.0.3", "192.0.2.13, 10.60.0.4"}
		}
		w.principals = append(w.principals, p)
	}
	w.principals = append(w.principals, &principal{
		kind: kindUser, id: d.uuidString(), name: supportName, class: administrator, member: true, internal: true,
		chains: []string{"Temporal Internal"},
	})
}

func (w *world) robotNames() []string {
	names := strings.Fields(robots)
	for _, team := range w.teams {
		names = append(names, team+"-worker")
	}
	return names[:serviceAccounts]
}

// rank builds the wheels that actors are drawn from. Activity follows Zipf's law: the n-th busiest is n times quieter than
// the busiest.
func (w *world) rank() {
	w.crowd = make([]crowd, len(w.clock.zones))
	var human, robot float64
	for _, p := range w.principals {
		switch {
		case p.internal || p.class == terraform:
			// Support acts rarely and Terraform at night, both on their own account.
		case p.kind == kindUser:
			human++
			c := &w.crowd[p.zone]
			c.members = append(c.members, p)
			c.wheel.add(1 / math.Pow(human+2, 0.95))
			if p.class == administrator {
				w.admins = append(w.admins, p)
			}
		default:
			robot++
			w.robots.members = append(w.robots.members, p)
			w.robots.wheel.add(1 / math.Pow(robot, 0.9))
		}
	}
}

// crowd is a group that actors are drawn from by how busy they are.
type crowd struct {
	members []*principal
	wheel   wheel
}

// wake reckons who is at work in the minute of a time.
func (w *world) wake(at int64) {
	minute := floorDiv(at, int64(time.Minute))
	if minute == w.minute && w.awake != nil {
		return
	}
	w.minute, w.awake = minute, w.awake[:0]
	at = minute * int64(time.Minute)
	for z := range w.crowd {
		w.awake.add(w.crowd[z].wheel.total() * w.clock.busy(z, at))
	}
	w.people = w.clock.people(at)
}

// human draws somebody who is at work at a time.
func (w *world) human(at int64) *principal {
	w.wake(at)
	for range 8 {
		if c := &w.crowd[w.awake.spin(w.dice)]; len(c.members) > 0 {
			if p := c.members[c.wheel.spin(w.dice)]; p.member {
				return p
			}
		}
	}
	return w.admin(at)
}

// admin draws an administrator who is at work at a time, or on call.
func (w *world) admin(at int64) *principal {
	var buffer [administrators]float64
	present := wheel(buffer[:0])
	for i, p := range w.admins {
		present.add(w.clock.busy(p.zone, at) / float64(i+1))
	}
	return w.admins[present.spin(w.dice)]
}

func (w *world) robot() *principal { return w.robots.members[w.robots.wheel.spin(w.dice)] }

// named finds a principal that the account cannot be without.
func (w *world) named(name string) *principal {
	for _, p := range w.principals {
		if p.name == name {
			return p
		}
	}
	return w.admins[0]
}

// guest is somebody from outside who is given access but does not act.
type guest struct{ id, email string }

func (w *world) newGuest() guest {
	given, family := w.given, w.family
	name := pick(w.dice, given) + "." + pick(w.dice, family)
	return guest{w.dice.uuidString(), name + "@partner.example"}
}
