package demo

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"taudit/source/audit"
)

// documented lists every operation name that is documented or was seen on the wire, by where it is from.
func documented() map[string]string {
	return map[string]string{
		"seen on the wire": `UpdateAccount DeleteUser InviteUsers UpdateUser UpdateNamespace UpdateUserNamespacePermissions UserLogin
			CreateNamespace UpdateNamespaceTags CreateUser CreateApiKey CreateCustomRole DeleteCustomRole`,
		"guide of 2024": `UpdateAccount InviteUsers DeleteUser UpdateUser UpdateUserNamespacePermissions UserLogin CreateNamespace
			UpdateNamespace DeleteNamespace RenameCustomSearchAttribute FailoverNamespace CreateAPIKey DeleteAPIKey UpdateAPIKey
			CreateNexusEndpoint UpdateNexusEndpoint DeleteNexusEndpoint`,
		"documentation of 2025 and 2026": `ChangeAccountPlanType UpdateAccountAPI CreateUserAPI DeleteUserAPI InviteUsersAPI
			SetUserNamespaceAccessAPI UpdateIdentityNamespacePermissionsAPI UpdateUserAPI UpdateUserNamespacePermissionsAPI
			CreateNamespaceAPI DeleteNamespaceAPI FailoverNamespacesAPI RenameCustomSearchAttributeAPI UpdateNamespaceAPI
			CreateAPIKey DeleteAPIKey UpdateAPIKey CloudCreateAPIKey CloudDeleteAPIKey CloudUpdateAPIKey
			CreateNexusEndpoint UpdateNexusEndpoint DeleteNexusEndpoint CreateConnectivityRule DeleteConnectivityRule
			CreateNamespaceExportSink DeleteNamespaceExportSink UpdateNamespaceExportSink ValidateNamespaceExportSink
			CreateServiceAccount CreateServiceAccountAPIKey DeleteServiceAccount UpdateServiceAccount
			CreateUserGroup DeleteUserGroup SetUserGroupNamespaceAccess UpdateUserGroup
			SetUserProjectAccesses SetServiceAccountProjectAccesses SetUserGroupProjectAccesses`,
		"calls of the Cloud Operations API": `AddNamespaceRegion AddUserGroupMember CreateAccountAuditLogSink CreateApiKey
			CreateBillingReport CreateConnectivityRule CreateCustomRole CreateNamespace CreateNamespaceExportSink
			CreateNexusEndpoint CreateProject CreateServiceAccount CreateUser CreateUserGroup DeleteAccountAuditLogSink
			DeleteApiKey DeleteConnectivityRule DeleteCustomRole DeleteNamespace DeleteNamespaceExportSink DeleteNamespaceRegion
			DeleteNexusEndpoint DeleteProject DeleteServiceAccount DeleteUser DeleteUserGroup FailoverNamespaceRegion
			MoveNamespaceToProject MoveNexusEndpointToProject RemoveUserGroupMember RenameCustomSearchAttribute
			SetServiceAccountNamespaceAccess SetServiceAccountProjectAccess SetUserGroupNamespaceAccess
			SetUserGroupProjectAccess SetUserNamespaceAccess SetUserProjectAccess UpdateAccount UpdateAccountAuditLogSink
			UpdateApiKey UpdateCustomRole UpdateNamespace UpdateNamespaceExportSink UpdateNamespaceTags UpdateNexusEndpoint
			UpdateProject UpdateServiceAccount UpdateUser UpdateUserGroup ValidateAccountAuditLogSink ValidateNamespaceExportSink`,
	}
}

func TestEveryDocumentedOperationOccurs(t *testing.T) {
	if n := len(strings.Fields(documented()["calls of the Cloud Operations API"])); n != 51 {
		t.Fatalf("the list has %d calls, the API 51", n)
	}
	// Whatever the weekday on which the history, and with it each generation, begins.
	for seed := range uint64(7) {
		to := end().AddDate(0, 0, int(seed))
		seen := map[string]bool{}
		for r := range NewAccount(seed).History(to.AddDate(0, 0, -30), to, 12_000) {
			_, rest, _ := strings.Cut(string(r.JSON), `"operation":"`)
			name, _, _ := strings.Cut(rest, `"`)
			seen[name] = true
		}
		for list, names := range documented() {
			for _, name := range strings.Fields(names) {
				if !seen[name] {
					t.Errorf("seed %d: %s (%s) does not occur", seed, name, list)
				}
			}
		}
	}
}

// TestRequestsHaveTheFieldsOfTheirMessages looks into raw_details for the first-level fields of each request message.
func TestRequestsHaveTheFieldsOfTheirMessages(t *testing.T) {
	fields := map[string][]string{
		"AddNamespaceRegion":               {"namespace", "region", "resource_version"},
		"AddUserGroupMember":               {"group_id", "member_id"},
		"CreateApiKey":                     {"spec"},
		"CreateBillingReport":              {"spec"},
		"CreateConnectivityRule":           {"spec", "project_id"},
		"CreateNamespace":                  {"spec", "tags"},
		"CreateNamespaceExportSink":        {"namespace", "spec"},
		"DeleteApiKey":                     {"key_id", "resource_version"},
		"DeleteUser":                       {"user_id", "resource_version"},
		"FailoverNamespaceRegion":          {"namespace", "region"},
		"MoveNamespaceToProject":           {"namespace", "destination_project_id", "expected_source_project_id", "resource_version"},
		"RenameCustomSearchAttribute":      {"namespace", "existing_custom_search_attribute_name", "new_custom_search_attribute_name", "resource_version"},
		"SetServiceAccountNamespaceAccess": {"service_account_id", "namespace", "access", "resource_version"},
		"SetUserProjectAccess":             {"project_id", "user_id", "access", "resource_version"},
		"UpdateAccount":                    {"spec", "resource_version"},
		"UpdateApiKey":                     {"key_id", "spec", "resource_version"},
		"UpdateCustomRole":                 {"role_id", "spec", "resource_version"},
		"UpdateNamespace":                  {"namespace", "spec", "resource_version"},
		"UpdateNamespaceTags":              {"namespace", "tags_to_upsert"},
		"UpdateNexusEndpoint":              {"endpoint_id", "spec", "resource_version"},
		"UpdateProject":                    {"project_id", "spec", "resource_version"},
		"UpdateServiceAccount":             {"service_account_id", "spec", "resource_version"},
		"UpdateUser":                       {"user_id", "spec", "resource_version"},
		"UpdateUserGroup":                  {"group_id", "spec", "resource_version"},
	}
	seen := map[string]bool{}
	optional := []string{"async_operation_id", "tags_to_remove"}
	for _, e := range decoded(t, month(2, 12_000)) {
		want, ok := fields[e.Operation]
		if !ok || e.Format != audit.F4 {
			continue
		}
		seen[e.Operation] = true
		var got map[string]json.RawMessage
		if err := json.Unmarshal([]byte(e.Payload), &got); err != nil {
			t.Fatalf("%v in %s", err, e.Raw)
		}
		for _, k := range want {
			if _, ok := got[k]; !ok {
				t.Fatalf("%s without %s: %s", e.Operation, k, e.Payload)
			}
		}
		for k := range got {
			if !slices.Contains(want, k) && !slices.Contains(optional, k) {
				t.Fatalf("%s with %s: %s", e.Operation, k, e.Payload)
			}
		}
	}
	if len(seen) != len(fields) {
		t.Errorf("only %d of %d operations occur", len(seen), len(fields))
	}
}

// TestWorldIsConsistent follows namespaces and users through their lives.
func TestWorldIsConsistent(t *testing.T) {
	for _, seed := range []uint64{9} {
		entries := decoded(t, month(seed, 20_000))
		gone := map[string]bool{}
		deletions := 0
		for i := range entries {
			e := &entries[i]
			name := e.Namespace
			if !strings.HasSuffix(name, suffix) {
				name += suffix
			}
			ok := e.Status == "OK"
			switch audit.FoldOperation(e.Operation) {
			case audit.FoldOperation("CreateNamespace"):
				if ok {
					gone[name] = false
				}
			case audit.FoldOperation("DeleteNamespace"):
				if gone[name] {
					t.Errorf("%s was deleted twice: %s", name, e.Raw)
				}
				if ok {
					gone[name] = true
					deletions++
				}
			default:
				if gone[name] {
					t.Errorf("%s is used although it was deleted: %s", name, e.Raw)
				}
			}
		}
		if deletions < 5 {
			t.Errorf("%d namespaces were deleted", deletions)
		}

		// Whoever is invited during the period does nothing before and logs in first; whoever was removed does nothing after.
		first, removed, ids := map[string]int{}, map[string]int{}, map[string]string{}
		for i := range entries {
			e := &entries[i]
			if _, ok := first[e.Principal.Name]; !ok {
				first[e.Principal.Name] = i
			}
			ids[e.Principal.ID] = e.Principal.Name
			if at, ok := removed[e.Principal.Name]; ok {
				t.Errorf("%s acts at %d after being removed at %d", e.Principal.Name, i, at)
			}
			if strings.HasPrefix(e.Operation, "DeleteUser") && !strings.Contains(e.Operation, "Group") && e.Status == "OK" {
				for id, name := range ids {
					if id != "" && strings.Contains(e.Payload, `"`+id+`"`) {
						removed[name] = i
					}
				}
			}
		}
		joined := 0
		for i := range entries {
			e := &entries[i]
			if !strings.HasPrefix(e.Operation, "InviteUsers") || !strings.Contains(e.Payload, "@example.com") {
				continue
			}
			for name, at := range first {
				if strings.Contains(e.Payload, `"`+name+`"`) {
					joined++
					if at < i || entries[at].Operation != "UserLogin" {
						t.Errorf("%s was invited at %d and first seen at %d with %s", name, i, at, entries[at].Operation)
					}
				}
			}
		}
		if joined < joiners-2 || len(removed) < leavers-2 {
			t.Errorf("%d joined, %d left", joined, len(removed))
		}
	}
}

func TestStoriesAreTold(t *testing.T) {
	entries := decoded(t, month(1, 12_000))
	var storms, corrected, failedBack, rotated, nights int
	requests := map[string][]*audit.Entry{}
	for i := range entries {
		e := &entries[i]
		if id := e.Correlation(); id != "" {
			requests[id] = append(requests[id], e)
		}
		same := func(o *audit.Entry) bool {
			return o.Principal.Name == e.Principal.Name && o.Operation == e.Operation && o.Namespace == e.Namespace
		}
		until := func(limit time.Duration) []audit.Entry {
			end := i + 1
			for end < len(entries) && entries[end].EmitTime.Sub(e.EmitTime) < limit {
				end++
			}
			return entries[i+1 : end]
		}
		switch {
		case e.Status == "ERROR" && e.Principal.Type == kindService:
			n := 0
			for _, o := range until(10 * time.Minute) {
				if same(&o) && o.Status == "ERROR" {
					n++
				}
			}
			if n == 20 {
				storms++
			}
		case e.Status == "ERROR" && strings.HasPrefix(e.Operation, "UpdateNamespace") && e.Principal.Type == kindUser:
			granted := false
			for _, o := range until(20 * time.Minute) {
				granted = granted || strings.HasPrefix(audit.FoldOperation(o.Operation), "SetUserNamespaceAccess") || strings.HasPrefix(o.Operation, "UpdateUserNamespacePermissions")
				if granted && same(&o) && o.Status == "OK" {
					corrected++
					break
				}
			}
		case strings.HasPrefix(e.Operation, "Failover"):
			for _, o := range until(8 * time.Minute) {
				if same(&o) && o.Payload != e.Payload {
					failedBack++
				}
			}
		case e.Operation == "DeleteApiKey":
			rotated++
		}
		if e.Principal.Name == "terraform" {
			if h := e.EmitTime.Hour(); h != terraformHour {
				t.Errorf("Terraform ran at %v", e.EmitTime)
			}
			if e.ClientAddress() != "198.51.100.4" || e.Format == audit.F4 && e.Principal.APIKeyID == "" {
				t.Errorf("Terraform came from elsewhere: %s", e.Raw)
			}
			if v := e.Verb(); !strings.EqualFold(v, "create") && !strings.EqualFold(v, "update") {
				t.Errorf("Terraform did %s", e.Operation)
			}
			if i == 0 || entries[i-1].Principal.Name != "terraform" {
				nights++
			}
		}
	}
	if storms < 2 || corrected < 20 || failedBack < 2 || rotated < 10 {
		t.Errorf("%d storms, %d corrected mistakes, %d failed back, %d keys deleted", storms, corrected, failedBack, rotated)
	}
	if nights < 30 {
		t.Errorf("Terraform ran %d times in 30 nights", nights)
	}
	shared := 0
	for _, group := range requests {
		if len(group) > 1 {
			shared++
		}
		for _, e := range group[1:] {
			if e.Principal != group[0].Principal || e.EmitTime.Sub(group[0].EmitTime) > time.Minute {
				t.Errorf("not one request: %s and %s", group[0].Raw, e.Raw)
			}
		}
	}
	if shared < 100 {
		t.Errorf("%d requests of several entries", shared)
	}
}
