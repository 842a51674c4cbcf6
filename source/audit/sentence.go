package audit

import "strings"

// Sentence says what was done in a headline without who did it: "Deleted user 0b741c47". An operation that failed is one
// that somebody "Failed to …"; any status but OK and ERROR leaves open what came of it: "Asked to …". An operation that is
// not known is its own name. The target is text from outside and not cleaned.
func (e *Entry) Sentence() string {
	p := phraseOf(e.Name())
	if p.base == "" {
		return e.Operation
	}
	lead := p.past
	switch e.Outcome() {
	case "accepted", "":
	case "failed":
		lead = "Failed to " + p.base
	default:
		lead = "Asked to " + p.base
	}
	for _, rest := range [...]string{p.full, p.short, p.bare} {
		if text, ok := e.fill(rest); ok {
			return lead + " " + text
		}
	}
	return lead
}

// fill puts the target for {t} and the namespace for {n}; it is not ok when one asked for is empty, or when the target
// is no more than the namespace that something else is in.
func (e *Entry) fill(text string) (string, bool) {
	target, namespace := strings.Contains(text, "{t}"), strings.Contains(text, "{n}")
	switch {
	case text == "",
		target && e.Target == "",
		namespace && e.Namespace == "",
		target && e.Target == e.Namespace && e.Resource() != "namespace":
		return "", false
	}
	return strings.NewReplacer("{t}", e.Target, "{n}", e.Namespace).Replace(text), true
}

// phrase makes the sentence of one operation: what was done in the past tense and plain, and to what. The first of the
// three texts is used for which the entry has all that is asked for; bare asks for nothing, and one may be empty.
type phrase struct {
	past, base        string
	full, short, bare string
}

func created(full, bare string) phrase { return phrase{"Created", "create", full, "", bare} }
func updated(full, bare string) phrase { return phrase{"Updated", "update", full, "", bare} }
func deleted(full, bare string) phrase { return phrase{"Deleted", "delete", full, "", bare} }
func set(full, short, bare string) phrase {
	return phrase{"Set", "set", full, short, bare}
}

// phraseOf knows every operation that Temporal has documented in any edition, and every changing call of the Cloud Ops
// API, by folded name.
func phraseOf(name string) phrase {
	for _, find := range [...]func(string) phrase{accountPhrase, userPhrase, accessPhrase, namespacePhrase, otherPhrase} {
		if p := find(name); p.base != "" {
			return p
		}
	}
	return phrase{}
}

func accountPhrase(name string) phrase {
	switch name {
	case "UpdateAccount":
		return updated("the account's settings", "the account's settings")
	case "ChangeAccountPlanType":
		return phrase{"Changed", "change", "", "", "the account's plan"}
	case "CreateAccountAuditLogSink":
		return created("audit log sink {t}", "an audit log sink")
	case "UpdateAccountAuditLogSink":
		return updated("audit log sink {t}", "an audit log sink")
	case "DeleteAccountAuditLogSink":
		return deleted("audit log sink {t}", "an audit log sink")
	case "ValidateAccountAuditLogSink":
		return phrase{"Validated", "validate", "audit log sink {t}", "", "an audit log sink"}
	case "CreateBillingReport":
		return created("a billing report", "a billing report")
	case "CreateProject":
		return created("project {t}", "a project")
	case "UpdateProject":
		return updated("project {t}", "a project")
	case "DeleteProject":
		return deleted("project {t}", "a project")
	case "CreateCustomRole":
		return created("custom role {t}", "a custom role")
	case "UpdateCustomRole":
		return updated("custom role {t}", "a custom role")
	case "DeleteCustomRole":
		return deleted("custom role {t}", "a custom role")
	}
	return phrase{}
}

func userPhrase(name string) phrase {
	switch name {
	case "UserLogin":
		return phrase{past: "Logged in", base: "log in"}
	case "CreateUser":
		return created("user {t}", "a user")
	case "UpdateUser":
		return updated("user {t}", "a user")
	case "DeleteUser":
		return deleted("user {t}", "a user")
	case "InviteUsers":
		return phrase{"Invited", "invite", "user {t}", "", "users"}
	case "CreateUserGroup":
		return created("user group {t}", "a user group")
	case "UpdateUserGroup":
		return updated("user group {t}", "a user group")
	case "DeleteUserGroup":
		return deleted("user group {t}", "a user group")
	case "AddUserGroupMember":
		return phrase{"Added", "add", "a member to user group {t}", "", "a member to a user group"}
	case "RemoveUserGroupMember":
		return phrase{"Removed", "remove", "a member from user group {t}", "", "a member from a user group"}
	case "CreateServiceAccount":
		return created("service account {t}", "a service account")
	case "UpdateServiceAccount":
		return updated("service account {t}", "a service account")
	case "DeleteServiceAccount":
		return deleted("service account {t}", "a service account")
	case "CreateServiceAccountAPIKey":
		return created("an API key for service account {t}", "an API key for a service account")
	case "CreateAPIKey":
		return created("API key {t}", "an API key")
	case "UpdateAPIKey":
		return updated("API key {t}", "an API key")
	case "DeleteAPIKey":
		return deleted("API key {t}", "an API key")
	}
	return phrase{}
}

func accessPhrase(name string) phrase {
	switch name {
	case "UpdateUserNamespacePermissions":
		return updated("permissions of user {t} in namespace {n}", "a user's namespace permissions").or("users' permissions in namespace {n}")
	case "UpdateIdentityNamespacePermissions":
		return updated("permissions of {t} in namespace {n}", "an identity's namespace permissions").or("identities' permissions in namespace {n}")
	case "SetUserNamespaceAccess":
		return set("access of user {t} to namespace {n}", "namespace access of user {t}", "a user's namespace access")
	case "SetUserGroupNamespaceAccess":
		return set("access of user group {t} to namespace {n}", "namespace access of user group {t}", "a user group's namespace access")
	case "SetServiceAccountNamespaceAccess":
		return set("access of service account {t} to namespace {n}", "namespace access of service account {t}", "a service account's namespace access")
	case "SetUserProjectAccess":
		return set("project access of user {t}", "", "a user's project access")
	case "SetUserGroupProjectAccess":
		return set("project access of user group {t}", "", "a user group's project access")
	case "SetServiceAccountProjectAccess":
		return set("project access of service account {t}", "", "a service account's project access")
	case "SetUserProjectAccesses":
		return set("access of user {t} to several projects", "", "a user's access to several projects")
	case "SetUserGroupProjectAccesses":
		return set("access of user group {t} to several projects", "", "a user group's access to several projects")
	case "SetServiceAccountProjectAccesses":
		return set("access of service account {t} to several projects", "", "a service account's access to several projects")
	}
	return phrase{}
}

// or is p with another text for when its full one asks for too much.
func (p phrase) or(short string) phrase {
	p.short = short
	return p
}

func namespacePhrase(name string) phrase {
	switch name {
	case "CreateNamespace":
		return created("namespace {t}", "a namespace")
	case "UpdateNamespace":
		return updated("namespace {t}", "a namespace")
	case "DeleteNamespace":
		return deleted("namespace {t}", "a namespace")
	case "UpdateNamespaceTags":
		return updated("tags of namespace {t}", "a namespace's tags")
	case "FailoverNamespace":
		return phrase{"Failed over", "fail over", "namespace {t}", "", "a namespace"}
	case "FailoverNamespaceRegion":
		return phrase{"Failed over", "fail over", "namespace {t} to another region", "", "a namespace to another region"}
	case "AddNamespaceRegion":
		return phrase{"Added", "add", "a region to namespace {t}", "", "a region to a namespace"}
	case "DeleteNamespaceRegion":
		return deleted("a region of namespace {t}", "a region of a namespace")
	case "RenameCustomSearchAttribute":
		return phrase{"Renamed", "rename", "a custom search attribute of namespace {t}", "", "a custom search attribute"}
	case "MoveNamespaceToProject":
		return phrase{"Moved", "move", "namespace {t} to another project", "", "a namespace to another project"}
	case "CreateNamespaceExportSink":
		return created("export sink {t} of namespace {n}", "an export sink").or("an export sink of namespace {n}")
	case "UpdateNamespaceExportSink":
		return updated("export sink {t} of namespace {n}", "an export sink").or("an export sink of namespace {n}")
	case "DeleteNamespaceExportSink":
		return deleted("export sink {t} of namespace {n}", "an export sink").or("an export sink of namespace {n}")
	case "ValidateNamespaceExportSink":
		return phrase{"Validated", "validate", "export sink {t} of namespace {n}", "an export sink of namespace {n}", "an export sink"}
	}
	return phrase{}
}

func otherPhrase(name string) phrase {
	switch name {
	case "CreateNexusEndpoint":
		return created("Nexus endpoint {t}", "a Nexus endpoint")
	case "UpdateNexusEndpoint":
		return updated("Nexus endpoint {t}", "a Nexus endpoint")
	case "DeleteNexusEndpoint":
		return deleted("Nexus endpoint {t}", "a Nexus endpoint")
	case "MoveNexusEndpointToProject":
		return phrase{"Moved", "move", "Nexus endpoint {t} to another project", "", "a Nexus endpoint to another project"}
	case "CreateConnectivityRule":
		return created("connectivity rule {t}", "a connectivity rule")
	case "DeleteConnectivityRule":
		return deleted("connectivity rule {t}", "a connectivity rule")
	}
	return phrase{}
}
