package audit

import (
	"strings"
	"testing"
)

func TestFoldOperation(t *testing.T) {
	for name, want := range map[string]string{
		"UpdateNamespace":            "UpdateNamespace",
		"UpdateNamespaceAPI":         "UpdateNamespace",
		"CreateAPIKey":               "CreateAPIKey",
		"CreateApiKey":               "CreateAPIKey",
		"CreateApiKeyAPI":            "CreateAPIKey",
		"CloudCreateAPIKey":          "CreateAPIKey",
		"CreateServiceAccountAPIKey": "CreateServiceAccountAPIKey",
		"CreateServiceAccountApiKey": "CreateServiceAccountAPIKey",
		"FailoverNamespacesAPI":      "FailoverNamespace",
		"FailoverNamespaces":         "FailoverNamespace",
		"FailoverNamespaceRegion":    "FailoverNamespaceRegion",
		"SetUserProjectAccesses":     "SetUserProjectAccesses",
		"CloudCloudXAPIAPI":          "X",
		"Cloud":                      "Cloud",
		"Clouds":                     "Clouds",
		"API":                        "API",
		"":                           "",
		"öffneAPI":                   "öffne",
	} {
		if got := FoldOperation(name); got != want || FoldOperation(got) != got {
			t.Errorf("%q folds to %q, want %q", name, got, want)
		}
	}
}

func TestVerbAndResource(t *testing.T) {
	for name, want := range map[string]string{
		"UpdateUser":                         "update user",
		"UpdateUserAPI":                      "update user",
		"InviteUsers":                        "invite user",
		"UpdateUserNamespacePermissions":     "update user",
		"UpdateIdentityNamespacePermissions": "update user",
		"SetUserNamespaceAccess":             "set user",
		"SetUserProjectAccesses":             "set user",
		"SetUserGroupProjectAccesses":        "set group",
		"UserLogin":                          "login user",
		"AddUserGroupMember":                 "add group",
		"RemoveUserGroupMember":              "remove group",
		"CreateServiceAccount":               "create serviceaccount",
		"SetServiceAccountProjectAccesses":   "set serviceaccount",
		"CreateServiceAccountApiKey":         "create apikey",
		"CloudDeleteAPIKey":                  "delete apikey",
		"RenameCustomSearchAttribute":        "rename namespace",
		"FailoverNamespacesAPI":              "failover namespace",
		"MoveNamespaceToProject":             "move namespace",
		"ValidateNamespaceExportSink":        "validate export",
		"MoveNexusEndpointToProject":         "move nexus",
		"CreateConnectivityRule":             "create connectivity",
		"ChangeAccountPlanType":              "change account",
		"UpdateAccount":                      "update account",
		"ValidateAccountAuditLogSink":        "validate sink",
		"CreateProject":                      "create project",
		"DeleteCustomRole":                   "delete role",
		"CreateBillingReport":                "create billing",
		"CreateUsername":                     "create username",
		"PurgeNamespace":                     "other namespace",
		"NamespacePurge":                     "other namespace",
		"FrobnicateWidgetThing":              "other widgetthing",
		"Frobnicate":                         "other frobnicate",
		"frobnicate namespace":               "other frobnicate namespace",
		"Create":                             "create ",
		"":                                   "other ",
	} {
		e := &Entry{Operation: name}
		if got := e.Verb() + " " + e.Resource(); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// TestSentences holds that every documented operation has a sentence of its own, in all editions of the documentation and
// of the Cloud Ops API, and shows some in full.
func TestSentences(t *testing.T) {
	documented := strings.Fields(`
		UpdateAccount InviteUsers DeleteUser UpdateUser UpdateUserNamespacePermissions UserLogin
		CreateNamespace UpdateNamespace DeleteNamespace RenameCustomSearchAttribute FailoverNamespace
		CreateAPIKey DeleteAPIKey UpdateAPIKey CreateNexusEndpoint UpdateNexusEndpoint DeleteNexusEndpoint

		ChangeAccountPlanType UpdateAccountAPI CreateUserAPI DeleteUserAPI InviteUsersAPI SetUserNamespaceAccessAPI
		UpdateIdentityNamespacePermissionsAPI UpdateUserAPI UpdateUserNamespacePermissionsAPI
		CreateNamespaceAPI DeleteNamespaceAPI FailoverNamespacesAPI RenameCustomSearchAttributeAPI UpdateNamespaceAPI
		CloudCreateAPIKey CloudDeleteAPIKey CloudUpdateAPIKey CreateConnectivityRule DeleteConnectivityRule
		CreateNamespaceExportSink DeleteNamespaceExportSink UpdateNamespaceExportSink ValidateNamespaceExportSink
		CreateServiceAccount CreateServiceAccountAPIKey DeleteServiceAccount UpdateServiceAccount
		CreateUserGroup DeleteUserGroup SetUserGroupNamespaceAccess UpdateUserGroup
		SetUserProjectAccesses SetServiceAccountProjectAccesses SetUserGroupProjectAccesses

		AddNamespaceRegion AddUserGroupMember CreateAccountAuditLogSink CreateApiKey CreateBillingReport CreateConnectivityRule
		CreateCustomRole CreateNamespace CreateNamespaceExportSink CreateNexusEndpoint CreateProject CreateServiceAccount
		CreateUser CreateUserGroup DeleteAccountAuditLogSink DeleteApiKey DeleteConnectivityRule DeleteCustomRole DeleteNamespace
		DeleteNamespaceExportSink DeleteNamespaceRegion DeleteNexusEndpoint DeleteProject DeleteServiceAccount DeleteUser
		DeleteUserGroup FailoverNamespaceRegion MoveNamespaceToProject MoveNexusEndpointToProject RemoveUserGroupMember
		RenameCustomSearchAttribute SetServiceAccountNamespaceAccess SetServiceAccountProjectAccess SetUserGroupNamespaceAccess
		SetUserGroupProjectAccess SetUserNamespaceAccess SetUserProjectAccess UpdateAccount UpdateAccountAuditLogSink UpdateApiKey
		UpdateCustomRole UpdateNamespace UpdateNamespaceExportSink UpdateNamespaceTags UpdateNexusEndpoint UpdateProject
		UpdateServiceAccount UpdateUser UpdateUserGroup ValidateAccountAuditLogSink ValidateNamespaceExportSink`)
	whose := map[string]string{}
	for _, name := range documented {
		for _, e := range []Entry{
			{Operation: name},
			{Operation: name, Status: "OK", Target: "T"},
			{Operation: name, Status: "ERROR", Target: "T", Namespace: "N"},
			{Operation: name, Status: "PENDING", Target: "N", Namespace: "N"},
		} {
			got := e.Sentence()
			words := strings.Fields(got)
			if got == name || len(words) < 2 || strings.Join(words, " ") != got || strings.ContainsAny(got, "{}") {
				t.Errorf("%s: %q", name, got)
			}
			if begins := strings.HasPrefix(got, "Failed to "); begins != (e.Status == "ERROR") {
				t.Errorf("%s %s: %q", e.Status, name, got)
			}
			if begins := strings.HasPrefix(got, "Asked to "); begins != (e.Status == "PENDING") {
				t.Errorf("%s %s: %q", e.Status, name, got)
			}
			if e.Status == "" {
				if other := whose[got]; other != "" && other != e.Name() {
					t.Errorf("%s and %s: %q", other, name, got)
				}
				whose[got] = e.Name()
			}
		}
	}
	for _, test := range []struct {
		e    Entry
		want string
	}{
		{Entry{Operation: "DeleteUser", Status: "OK", Target: "0b741c47-e093-47d1-9b74-f2359129f78f"}, "Deleted user 0b741c47-e093-47d1-9b74-f2359129f78f"},
		{Entry{Operation: "DeleteUserAPI", Status: "ERROR", Target: "0b74"}, "Failed to delete user 0b74"},
		{Entry{Operation: "DeleteUser", Status: "OK"}, "Deleted a user"},
		{Entry{Operation: "UserLogin", Status: "OK"}, "Logged in"},
		{Entry{Operation: "UserLogin", Status: "ERROR"}, "Failed to log in"},
		{Entry{Operation: "SetUserNamespaceAccess", Status: "OK", Target: "u", Namespace: "a.b"}, "Set access of user u to namespace a.b"},
		{Entry{Operation: "SetUserNamespaceAccess", Status: "OK", Target: "u"}, "Set namespace access of user u"},
		{Entry{Operation: "UpdateUserNamespacePermissions", Status: "OK", Target: "a.b", Namespace: "a.b"}, "Updated users' permissions in namespace a.b"},
		{Entry{Operation: "CreateNamespaceExportSink", Status: "OK", Target: "out", Namespace: "a.b"}, "Created export sink out of namespace a.b"},
		{Entry{Operation: "CreateNamespaceExportSink", Status: "OK", Target: "a.b", Namespace: "a.b"}, "Created an export sink of namespace a.b"},
		{Entry{Operation: "FailoverNamespaces", Status: "PENDING", Target: "a.b", Namespace: "a.b"}, "Asked to fail over namespace a.b"},
		{Entry{Operation: "CreateUser", Status: "OK", Target: "{n}", Namespace: "x"}, "Created user {n}"},
		{Entry{Operation: "FrobnicateAPI", Status: "ERROR", Target: "x"}, "FrobnicateAPI"},
		{Entry{}, ""},
	} {
		if got := test.e.Sentence(); got != test.want {
			t.Errorf("%s: %q, want %q", test.e.Operation, got, test.want)
		}
	}
}
