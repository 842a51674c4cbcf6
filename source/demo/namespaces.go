package demo

import "strings"

// suffix is the account ID, which ends the name of every namespace of the account.
const suffix = ".a1b2c"

const teamNames = "payments orders ledger fraud onboarding notifications search pricing inventory shipping identity reporting"

// passing are the namespaces that come and go.
const passing = "loadtest preview migration sandbox chaos-drill training"

const regionNames = "aws-eu-central-1 aws-eu-west-1 aws-us-east-1 aws-us-west-2 aws-ap-south-1"

// namespace is one namespace of the account.
type namespace struct {
	name      string // with the account suffix
	team      int
	busy      float64
	regions   []string // the active one first
	retention int
	attribute int  // counts the renames of its custom search attribute
	exists    bool // has been created and not deleted
	passing   bool
}

func (n *namespace) short() string { return strings.TrimSuffix(n.name, suffix) }

// namespaces makes three for every team, and those that come and go; half of these exist at first.
func (w *world) namespaces(d dice) {
	regions := strings.Fields(regionNames)
	for team, name := range w.teams {
		for i, env := range []string{"", "-stage", "-dev"} {
			n := &namespace{name: name + env + suffix, team: team, exists: true, retention: []int{30, 14, 7}[i]}
			n.busy = []float64{0.3, 0.3, 0.4}[i] / (1 + 0.25*float64(team))
			home := d.IntN(len(regions))
			n.regions = []string{regions[home]}
			if i == 0 {
				n.regions = append(n.regions, regions[(home+1)%len(regions)])
			}
			w.spaces = append(w.spaces, n)
			w.traffic.add(n.busy)
		}
	}
	for i, name := range strings.Fields(passing) {
		w.passing = append(w.passing, &namespace{
			name: name + suffix, team: d.IntN(len(w.teams)), passing: true, exists: i%2 == 0, retention: 3, regions: []string{regions[i%len(regions)]},
		})
	}
}

// space draws a namespace for somebody of a team: mostly one of their own.
func (w *world) space(p *principal) *namespace {
	if p.class == developer && w.dice.chance(0.85) {
		return w.spaces[3*p.team+[10]int{0, 0, 1, 1, 1, 2, 2, 2, 2, 2}[w.dice.IntN(10)]]
	}
	if p.class == machine && w.dice.chance(0.6) {
		return w.spaces[3*p.team+w.dice.IntN(3)]
	}
	if w.dice.chance(0.05) {
		if n := w.find(true); n != nil {
			return n
		}
	}
	return w.spaces[w.traffic.spin(w.dice)]
}

// find gives one of the namespaces that come and go which exists, or which does not; nil when there is none.
func (w *world) find(exists bool) *namespace {
	start := w.dice.IntN(len(w.passing))
	for i := range w.passing {
		if n := w.passing[(start+i)%len(w.passing)]; n.exists == exists {
			return n
		}
	}
	return nil
}

// replicated draws a namespace with a second region.
func (w *world) replicated() *namespace { return w.spaces[3*w.dice.IntN(len(w.teams))] }
