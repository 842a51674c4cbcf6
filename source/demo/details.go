package demo

// details is what an entry says of its request: the request message in the newer eras, a summary in the older ones. It is
// used again for every call.
type details struct {
	raw text // members of the request message, in snake case

	namespace    string
	users, roles []string
	certificates int // how many fingerprints
	existing     string
	renamed      string
	region       string
	features     []string
	permission   string
	role         string
}

func (d *details) reset() {
	*d = details{raw: append(d.raw[:0], '{'), users: d.users[:0], roles: d.roles[:0], features: d.features[:0]}
}

// target names the namespace acted on.
func (d *details) target(n *namespace) {
	d.namespace = n.name
	d.raw.str("namespace", n.name)
}

// version is the version of the thing that the caller had seen.
func (d *details) version(w *world) { d.raw.hex("resource_version", 16, w.dice) }

// summary writes the details object of the older eras.
func (d *details) summary(b *text, w *world) {
	b.object("details")
	b.str("namespace", d.namespace)
	b.list("target_users", d.users)
	b.list("roles", d.roles)
	if d.certificates > 0 {
		b.array("client_ca_fingerprints")
		for range d.certificates {
			b.comma()
			b.end('"')
			*b = w.dice.hex(*b, 32)
			b.end('"')
		}
		b.end(']')
	}
	b.object("search_attribute_update")
	b.str("existing_attribute", d.existing)
	b.str("new_attribute", d.renamed)
	b.end('}')
	b.str("region", d.region)
	b.list("account_features", d.features)
	if d.role != "" {
		b.object("access")
		b.object("account_access")
		b.str("role", d.role)
		b.end('}', '}')
	}
	if d.permission != "" {
		b.object("namespace_access")
		b.str("permission", d.permission)
		b.end('}')
	}
	b.end('}')
}

// role and permission draw what people are allowed; most are given little.
func (w *world) role() string {
	return [...]string{"ROLE_READ", "ROLE_DEVELOPER", "ROLE_DEVELOPER", "ROLE_DEVELOPER", "ROLE_ADMIN"}[w.dice.IntN(5)]
}

func (w *world) permission() string {
	return [...]string{"PERMISSION_READ", "PERMISSION_WRITE", "PERMISSION_WRITE", "PERMISSION_ADMIN"}[w.dice.IntN(4)]
}

// access writes the Access message of a user, group or service account.
func (d *details) access(w *world, n *namespace) {
	d.role = w.role()
	d.raw.object("access")
	d.raw.object("account_access")
	d.raw.str("role", d.role)
	d.raw.end('}')
	d.raw.object("namespace_accesses")
	d.raw.object(n.name)
	d.raw.str("permission", w.permission())
	d.raw.end('}', '}', '}')
}

// grant writes the access to one namespace.
func (d *details) grant(w *world) {
	d.permission = w.permission()
	d.raw.object("access")
	d.raw.str("permission", d.permission)
	d.raw.end('}')
}

func (d *details) projectGrant(w *world) {
	d.raw.object("access")
	d.raw.str("role", [...]string{"PROJECT_ROLE_READ", "PROJECT_ROLE_WRITE", "PROJECT_ROLE_ADMIN"}[w.dice.IntN(3)])
	d.raw.end('}')
}
