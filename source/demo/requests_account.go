package demo

// The functions below write the requests on the account, projects, Nexus endpoints, connectivity rules and sinks.

func applyAccount(w *world, _ *call, d *details) {
	d.features = append(d.features, [...]string{"metrics", "audit_logging"}[w.dice.IntN(2)])
	d.certificates = 1
	d.raw.object("spec")
	d.raw.object("metrics")
	d.raw.hex("accepted_client_ca", 64, w.dice)
	d.raw.end('}')
	if w.dice.chance(0.3) {
		d.raw.object("authentication_settings")
		d.raw.yes("disable_social_login", true)
		d.raw.end('}')
	}
	d.raw.end('}')
	d.version(w)
}

func applyPlan(w *world, _ *call, d *details) {
	d.raw.str("plan_type", [...]string{"PLAN_TYPE_GROWTH", "PLAN_TYPE_ENTERPRISE"}[w.dice.IntN(2)])
	d.raw.str("reason", "annual review")
}

func applyCreateProject(w *world, c *call, d *details) {
	t := w.plan(&w.projects, nil)
	d.projectSpec(w, t)
	if !c.failed {
		w.projects.things = append(w.projects.things, t)
	}
}

func (d *details) projectSpec(w *world, t thing) {
	d.raw.object("spec")
	d.raw.str("display_name", t.name)
	d.raw.str("description", note(w.dice))
	d.raw.object("lifecycle")
	d.raw.yes("enable_delete_protection", w.dice.chance(0.5))
	d.raw.end('}', '}')
}

func applyUpdateProject(w *world, _ *call, d *details) {
	_, t := w.any(&w.projects)
	d.raw.str("project_id", t.id)
	d.projectSpec(w, t)
	d.version(w)
}

func applyDeleteProject(w *world, c *call, d *details) {
	d.raw.str("project_id", w.take(&w.projects, c).id)
	d.version(w)
}

func applyCreateRole(w *world, c *call, d *details) {
	t := w.plan(&w.roles, nil)
	d.roleSpec(w, t)
	if !c.failed {
		w.roles.things = append(w.roles.things, t)
	}
}

func (d *details) roleSpec(w *world, t thing) {
	d.raw.object("spec")
	d.raw.str("name", t.name)
	d.raw.str("description", note(w.dice))
	d.raw.array("permissions")
	d.raw.end('{')
	d.raw.object("resources")
	d.raw.str("resource_type", "namespace")
	d.raw.list("resource_ids", []string{t.space.name})
	d.raw.end('}')
	d.raw.list("actions", []string{"cloud.namespace.get", [...]string{"cloud.namespace.update", "cloud.namespace.failover", "cloud.exportsink.update"}[w.dice.IntN(3)]})
	d.raw.end('}', ']', '}')
}

func applyUpdateRole(w *world, _ *call, d *details) {
	_, t := w.any(&w.roles)
	d.raw.str("role_id", t.id)
	d.roleSpec(w, t)
	d.version(w)
}

func applyDeleteRole(w *world, c *call, d *details) {
	d.raw.str("role_id", w.take(&w.roles, c).id)
	d.version(w)
}

func applyCreateEndpoint(w *world, c *call, d *details) {
	t := w.plan(&w.endpoints, w.on(c))
	d.endpointSpec(w, t)
	if !c.failed {
		w.endpoints.things = append(w.endpoints.things, t)
	}
}

func (d *details) endpointSpec(w *world, t thing) {
	d.namespace = t.space.name
	d.raw.object("spec")
	d.raw.str("name", t.name)
	d.raw.object("target_spec")
	d.raw.object("worker_target_spec")
	d.raw.str("namespace_id", t.space.name)
	d.raw.str("task_queue", t.space.short()+"-nexus")
	d.raw.end('}', '}')
	d.raw.array("policy_specs")
	d.raw.end('{')
	d.raw.object("allowed_cloud_namespace_policy_spec")
	d.raw.str("namespace_id", w.spaces[w.traffic.spin(w.dice)].name)
	d.raw.end('}', '}', ']', '}')
}

func applyUpdateEndpoint(w *world, _ *call, d *details) {
	_, t := w.any(&w.endpoints)
	d.raw.str("endpoint_id", t.id)
	d.endpointSpec(w, t)
	d.version(w)
}

func applyDeleteEndpoint(w *world, c *call, d *details) {
	d.raw.str("endpoint_id", w.take(&w.endpoints, c).id)
	d.version(w)
}

func applyMoveEndpoint(w *world, _ *call, d *details) {
	_, t := w.any(&w.endpoints)
	_, to := w.any(&w.projects)
	_, from := w.any(&w.projects)
	d.raw.str("endpoint_id", t.id)
	d.raw.str("destination_project_id", to.id)
	d.raw.str("expected_source_project_id", from.id)
	d.version(w)
}

func applyCreateRule(w *world, c *call, d *details) {
	t := w.plan(&w.rules, nil)
	d.region = t.region
	d.raw.object("spec")
	d.raw.object("private_rule")
	d.raw.key("connection_id")
	d.raw.end([]byte(`"vpce-`)...)
	d.raw = w.dice.hex(d.raw, 17)
	d.raw.end('"')
	d.raw.str("region", t.region)
	d.raw.end('}', '}')
	_, project := w.any(&w.projects)
	d.raw.str("project_id", project.id)
	if !c.failed {
		w.rules.things = append(w.rules.things, t)
	}
}

func applyDeleteRule(w *world, c *call, d *details) {
	d.raw.str("connectivity_rule_id", w.take(&w.rules, c).id)
	d.version(w)
}

func applyExport(w *world, c *call, d *details) {
	var t thing
	if c.verb == createExport {
		t = w.plan(&w.exports, w.on(c))
		if !c.failed {
			w.exports.things = append(w.exports.things, t)
		}
	} else {
		_, t = w.any(&w.exports)
	}
	d.target(t.space)
	d.raw.object("spec")
	d.raw.str("name", t.name)
	d.raw.yes("enabled", true)
	d.raw.object("s3")
	d.raw.str("role_name", "temporal-export")
	d.raw.str("bucket_name", "history-"+t.space.short())
	d.raw.str("region", t.region[len("aws-"):])
	d.raw.str("aws_account_id", "123456789012")
	d.raw.end('}', '}')
	if c.verb == updateExport {
		d.version(w)
	}
}

func applyDeleteExport(w *world, c *call, d *details) {
	t := w.take(&w.exports, c)
	d.target(t.space)
	d.raw.str("name", t.name)
	d.version(w)
}

const sinkName = "audit_log_01"

func applySink(w *world, c *call, d *details) {
	name := sinkName
	if c.verb == createSink {
		name = "audit_log_02"
	}
	d.raw.object("spec")
	d.raw.str("name", name)
	d.raw.object("kinesis_sink")
	d.raw.str("role_name", "Temporal-Cloud-Log-Writer")
	d.raw.str("destination_uri", "arn:aws:kinesis:us-east-1:123456789012:stream/"+DefaultStream)
	d.raw.str("region", "us-east-1")
	d.raw.end('}')
	d.raw.yes("enabled", true)
	d.raw.end('}')
	if c.verb == updateSink {
		d.version(w)
	}
}

func applyDeleteSink(w *world, _ *call, d *details) {
	d.raw.str("name", "audit_log_02")
	d.version(w)
}

func applyBilling(w *world, _ *call, d *details) {
	today := floorDiv(w.now, int64(day)) * int64(day)
	d.raw.object("spec")
	d.raw.time("start_time_inclusive", today-30*int64(day))
	d.raw.time("end_time_exclusive", today)
	d.raw.str("download_url_expiration_duration", "86400s")
	d.raw.str("granularity", "BILLING_REPORT_GRANULARITY_DAILY")
	d.raw.end('}')
}
