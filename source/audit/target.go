package audit

import "cmp"

// clue is a key of a payload that can name what was acted on. Payloads are the request messages of the Cloud Ops API,
// or the details of the formats before 2026; their keys are in snake or camel case.
type clue uint8

const (
	noClue clue = iota
	targetUserClue
	namespaceClue
	userClue
	groupClue
	serviceAccountClue
	keyClue
	endpointClue
	roleClue
	ruleClue
	projectClue
	nameClue
	emailClue
	idClue
	specNameClue
	specDisplayNameClue
	specEmailClue
	specOwnerClue
	connectionClue
	clueCount
)

// clues holds what the keys say.
type clues [clueCount]string

// preference is what names the target of one kind of resource, the best first.
type preference [4]clue

func preferenceOf(resource string) preference {
	switch resource {
	case "user":
		return preference{targetUserClue, userClue, specEmailClue, emailClue}
	case "group":
		return preference{groupClue, specDisplayNameClue, specNameClue, nameClue}
	case "serviceaccount":
		return preference{serviceAccountClue, specNameClue, nameClue}
	case "apikey":
		return preference{keyClue, serviceAccountClue, specDisplayNameClue, specOwnerClue}
	case "namespace":
		return preference{namespaceClue, specNameClue, nameClue}
	case "export", "sink":
		return preference{nameClue, specNameClue, namespaceClue}
	case "nexus":
		return preference{endpointClue, specNameClue, nameClue}
	case "connectivity":
		return preference{ruleClue, connectionClue, idClue}
	case "project":
		return preference{projectClue, specDisplayNameClue, nameClue}
	case "role":
		return preference{roleClue, specNameClue, nameClue}
	}
	return preference{}
}

// subject guesses from the members of a payload what an operation acted on, and in which namespace. Both may be empty: a
// record need not have a payload, and nobody has promised its keys. The target is what the preference of the resource
// finds first, else the namespace; of a resource that is not known, whatever is found in the order of the constants
// above.
func subject(raw string, payload []member, k kind) (target, namespace string) {
	if len(payload) == 0 {
		return "", ""
	}
	var found clues
	found.read(raw, payload)
	return subjectOf((*[clueCount]string)(&found), k)
}

// subjectOf does it with what the keys say, texts or their numbers.
func subjectOf[T comparable](found *[clueCount]T, k kind) (target, namespace T) {
	var none T
	namespace = found[namespaceClue]
	if namespace == none && k.resource == "namespace" {
		// CreateNamespace is sent before the namespace has its full name.
		namespace = cmp.Or(found[specNameClue], found[nameClue])
	}
	for _, c := range k.order {
		if found[c] != none {
			return found[c], namespace
		}
	}
	if k.order != (preference{}) {
		return namespace, namespace // UpdateUserNamespacePermissions may say no more than that
	}
	return cmp.Or(found[:]...), namespace
}

func (c *clues) read(raw string, payload []member) {
	within := [maxNoted + 1]string{} // the keys above a member, by depth
	for i := range payload {
		m := &payload[i]
		key := m.name(raw)
		within[m.depth] = key
		var k clue
		switch {
		case m.depth == 2:
			if key == "target_users" || key == "targetUsers" {
				c[targetUserClue] = cmp.Or(firstText(m.json(raw)), m.text(raw))
				continue
			}
			k = clueOf(key)
		case within[2] != "spec":
		case m.depth == 3:
			k = specClueOf(key)
		case within[3] == "private_rule" || within[3] == "privateRule":
			// The PrivateConnectivityRule of a new connectivity rule, which has no name of its own yet.
			if key == "connection_id" || key == "connectionId" {
				k = connectionClue
			}
		}
		if k != noClue {
			c[k] = m.text(raw)
		}
	}
}

func specClueOf(key string) clue {
	switch key {
	case "name":
		return specNameClue
	case "display_name", "displayName":
		return specDisplayNameClue
	case "email":
		return specEmailClue
	case "owner_id", "ownerId":
		return specOwnerClue
	}
	return noClue
}

func clueOf(key string) clue {
	switch key {
	case "namespace":
		return namespaceClue
	case "user_id", "userId":
		return userClue
	case "group_id", "groupId":
		return groupClue
	case "service_account_id", "serviceAccountId":
		return serviceAccountClue
	case "key_id", "keyId":
		return keyClue
	case "endpoint_id", "endpointId":
		return endpointClue
	case "role_id", "roleId":
		return roleClue
	case "connectivity_rule_id", "connectivityRuleId", "rule_id", "ruleId":
		return ruleClue
	case "project_id", "projectId":
		return projectClue
	case "name":
		return nameClue
	case "email":
		return emailClue
	case "id":
		return idClue
	}
	return noClue
}
