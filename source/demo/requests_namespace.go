package demo

import "strconv"

// The functions below write the requests on namespaces (go.temporal.io/cloud-sdk, messages of cloudservice/v1) and do to the
// world what they ask for.

func applyNothing(*world, *call, *details) {}

// on gives the namespace that a call is about.
func (w *world) on(c *call) *namespace {
	if c.space == nil {
		c.space = w.space(c.actor)
	}
	return c.space
}

// spec writes a namespace's specification; what changed is drawn, since an update sends it all.
func (d *details) spec(w *world, n *namespace) {
	b := &d.raw
	b.object("spec")
	b.str("name", n.short())
	b.list("regions", n.regions)
	b.num("retention_days", n.retention)
	switch roll := w.dice.IntN(10); {
	case roll < 3:
		d.certificates = 1
		b.object("mtls_auth")
		b.hex("accepted_client_ca", 64, w.dice)
		if w.dice.chance(0.4) {
			b.array("certificate_filters")
			b.end('{')
			b.str("common_name", n.short()+".workers")
			b.end('}', ']')
		}
		b.yes("enabled", true)
		b.end('}')
	case roll < 7:
		b.object("api_key_auth")
		b.yes("enabled", true)
		b.end('}')
	}
	if w.dice.chance(0.3) {
		b.object("search_attributes")
		b.str(attribute(n.attribute), "SEARCH_ATTRIBUTE_TYPE_KEYWORD")
		if w.dice.chance(0.5) {
			b.str("Tenant", "SEARCH_ATTRIBUTE_TYPE_INT")
		}
		b.end('}')
	}
	if w.dice.chance(0.12) {
		b.object("codec_server")
		b.str("endpoint", "https://codec."+n.short()+".example.com")
		b.yes("pass_access_token", true)
		b.end('}')
	}
	if !n.passing && w.dice.chance(0.25) {
		b.object("lifecycle")
		b.yes("enable_delete_protection", true)
		b.end('}')
	}
	if len(n.regions) > 1 {
		b.object("high_availability")
		b.yes("disable_managed_failover", w.dice.chance(0.5))
		b.end('}')
	}
	if w.dice.chance(0.15) {
		_, rule := w.any(&w.rules)
		b.list("connectivity_rule_ids", []string{rule.id})
	}
	if w.dice.chance(0.1) {
		b.str("description", note(w.dice))
	}
	b.end('}')
}

// note draws a remark as people write them, not all of them in English.
func note(d dice) string {
	return [...]string{
		"owned by the platform team", "see runbook 114", "temporary, remove after the migration", "Mandantentrennung gemäß Vorgabe",
		"raised for the load test", "本番環境", "created by terraform", "à supprimer après la démo",
	}[d.IntN(8)]
}

func attribute(renames int) string {
	if renames == 0 {
		return "OrderId"
	}
	return "OrderIdV" + strconv.Itoa(renames+1)
}

func applyCreateNamespace(w *world, c *call, d *details) {
	n := c.space
	if n == nil {
		n = w.find(false)
		c.space = n
	}
	d.namespace = n.name
	d.spec(w, n)
	d.raw.object("tags")
	d.raw.str("team", w.teams[n.team])
	d.raw.str("cost-center", costCenter(n))
	d.raw.end('}')
	if !c.failed {
		n.exists = true
	}
}

func costCenter(n *namespace) string { return "cc-" + strconv.Itoa(4100+n.team) }

func applyUpdateNamespace(w *world, c *call, d *details) {
	n := w.on(c)
	d.target(n)
	if !c.failed && w.dice.chance(0.2) {
		n.retention = [...]int{3, 7, 14, 30, 60, 90}[w.dice.IntN(6)]
	}
	d.spec(w, n)
	d.version(w)
}

func applyDeleteNamespace(w *world, c *call, d *details) {
	n := w.find(true)
	c.space = n
	d.target(n)
	d.version(w)
	if !c.failed {
		n.exists = false
	}
}

func applyTags(w *world, c *call, d *details) {
	n := w.on(c)
	d.target(n)
	d.raw.object("tags_to_upsert")
	switch w.dice.IntN(3) {
	case 0:
		d.raw.str("team", w.teams[n.team])
		d.raw.str("cost-center", costCenter(n))
		d.raw.str("managed-by", "terraform")
	case 1:
		d.raw.hex("release", 12, w.dice)
		d.raw.str("pipeline", w.teams[n.team]+"-deploy")
		d.raw.num("build", 20000+w.dice.IntN(9000))
	default:
		d.raw.str("cost-center", costCenter(n))
		d.raw.str("data-class", [...]string{"internal", "restricted", "public"}[w.dice.IntN(3)])
	}
	d.raw.end('}')
	if w.dice.chance(0.15) {
		d.raw.list("tags_to_remove", []string{"owner"})
	}
}

func applyRename(w *world, c *call, d *details) {
	n := w.on(c)
	d.target(n)
	d.existing, d.renamed = attribute(n.attribute), attribute(n.attribute+1)
	d.raw.str("existing_custom_search_attribute_name", d.existing)
	d.raw.str("new_custom_search_attribute_name", d.renamed)
	d.version(w)
	if !c.failed {
		n.attribute++
	}
}

func applyFailover(w *world, c *call, d *details) {
	if c.space == nil || len(c.space.regions) < 2 {
		c.space = w.replicated()
	}
	n := c.space
	if len(n.regions) < 2 {
		// Its second region has been taken away for now: it moves to where it is, which changes nothing.
		n = &namespace{name: n.name, regions: []string{n.regions[0], n.regions[0]}}
	}
	d.target(n)
	d.region = n.regions[1]
	d.raw.str("region", d.region)
	if !c.failed {
		n.regions[0], n.regions[1] = n.regions[1], n.regions[0]
	}
}

// regional finds a namespace with so many regions; nil when there is none.
func (w *world) regional(regions int) *namespace {
	start := w.dice.IntN(len(w.spaces))
	for i := range w.spaces {
		if n := w.spaces[(start+i)%len(w.spaces)]; len(n.regions) == regions {
			return n
		}
	}
	return nil
}

func applyAddRegion(w *world, c *call, d *details) {
	n := w.regional(1)
	c.space = n
	region := "aws-us-east-2"
	d.target(n)
	d.raw.str("region", region)
	d.version(w)
	if !c.failed {
		n.regions = append(n.regions, region)
	}
}

func applyDeleteRegion(w *world, c *call, d *details) {
	n := w.regional(2)
	c.space = n
	d.target(n)
	d.raw.str("region", n.regions[1])
	d.version(w)
	if !c.failed {
		n.regions = n.regions[:1]
	}
}

func applyMoveNamespace(w *world, c *call, d *details) {
	d.target(w.on(c))
	_, to := w.any(&w.projects)
	_, from := w.any(&w.projects)
	d.raw.str("destination_project_id", to.id)
	d.raw.str("expected_source_project_id", from.id)
	d.version(w)
}
