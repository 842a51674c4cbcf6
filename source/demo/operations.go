package demo

// era is a generation of records: which fields they have and what operations are called.
type era uint8

const (
	era2024 era = iota // user_email, details, level, category, caller_ip_address, request_id
	era2025            // those beside raw_details, x_forwarded_for, async_operation_id
	era2026            // the new fields alone
	eras    int = iota
)

// call is one request to Temporal Cloud, which gives one entry. What is left empty is chosen when it is made.
type call struct {
	verb    verb
	actor   *principal
	chain   string     // where it comes from
	space   *namespace // acted on
	subject *principal // acted on
	async   string     // the async operation ID; entries of one request share it
	via     via
	failed  bool
}

// via is how a call is made.
type via uint8

const (
	undecided via = iota
	browser       // without an API key
	command       // with one
)

// operation is one kind of call.
type operation struct {
	names  [eras]string // on the wire; empty: not known in that era
	weight [classes]float64
	quick  bool // done when it is answered: it has no async operation ID
	apply  func(w *world, c *call, d *details)

	// ready says whether the account has what the operation needs; when it has not, otherwise is done instead.
	ready     func(w *world) bool
	otherwise verb
}

// verb is an index into operations.
type verb uint8

const (
	userLogin verb = iota
	updateAccount
	changePlan
	inviteUsers
	createUser
	deleteUser
	updateUser
	setUserAccess
	updateUserPermissions
	updateIdentityPermissions
	createNamespace
	updateNamespace
	deleteNamespace
	updateTags
	renameAttribute
	failover
	addRegion
	deleteRegion
	moveNamespace
	createKey
	updateKey
	deleteKey
	createBotKey
	cloudCreateKey
	cloudUpdateKey
	cloudDeleteKey
	createEndpoint
	updateEndpoint
	deleteEndpoint
	moveEndpoint
	createRule
	deleteRule
	createExport
	updateExport
	deleteExport
	validateExport
	createBot
	updateBot
	deleteBot
	setBotAccess
	setBotProject
	setBotProjects
	createGroup
	updateGroup
	deleteGroup
	setGroupAccess
	setGroupProject
	setGroupProjects
	addMember
	removeMember
	setUserProject
	setUserProjects
	createProject
	updateProject
	deleteProject
	createRole
	updateRole
	deleteRole
	createSink
	updateSink
	deleteSink
	validateSink
	createBilling
	verbs int = iota
)

// rare is the weight of what an administrator does once in a long while.
const rare = 0.25

// operations lists what can be called, with the weights by developer, administrator, machine and Terraform. The names are
// those of the Audit Logging guide of 2024, of the documentation of 2025 and 2026, and the mutating calls of the Cloud
// Operations API (temporalio/cloud-api) with what else was seen on the wire.
func operations() [verbs]operation {
	all := func(name string) [eras]string { return [eras]string{name, name, name} }
	late := func(name string) [eras]string { return [eras]string{"", name, name} }
	last := func(name string) [eras]string { return [eras]string{"", "", name} }
	admin := func(weight float64) [classes]float64 { return [classes]float64{0, weight} }
	ops := [verbs]operation{
		userLogin:      {names: all("UserLogin"), quick: true, apply: applyNothing},
		updateAccount:  {names: [eras]string{"UpdateAccount", "UpdateAccountAPI", "UpdateAccount"}, weight: admin(1.2), apply: applyAccount},
		changePlan:     {names: late("ChangeAccountPlanType"), weight: admin(rare / 4), quick: true, apply: applyPlan},
		inviteUsers:    {names: [eras]string{"InviteUsers", "InviteUsersAPI", "InviteUsers"}, weight: admin(2), apply: applyInvite},
		createUser:     {names: [eras]string{"", "CreateUserAPI", "CreateUser"}, weight: admin(2), apply: applyInvite},
		deleteUser:     {names: [eras]string{"DeleteUser", "DeleteUserAPI", "DeleteUser"}, weight: admin(3), apply: applyDeleteUser},
		updateUser:     {names: [eras]string{"UpdateUser", "UpdateUserAPI", "UpdateUser"}, weight: admin(3), apply: applyUpdateUser},
		setUserAccess:  {names: [eras]string{"UpdateUserNamespacePermissions", "SetUserNamespaceAccessAPI", "SetUserNamespaceAccess"}, weight: admin(8), apply: applyUserAccess},
		setUserProject: {names: last("SetUserProjectAccess"), weight: admin(1.5), apply: applyUserProject},
		setUserProjects: {
			names: last("SetUserProjectAccesses"), weight: admin(1), quick: true, apply: applyUserProject,
		},
		updateUserPermissions:     {names: [eras]string{"", "UpdateUserNamespacePermissionsAPI", "UpdateUserNamespacePermissions"}, weight: admin(1.5), apply: applyUserAccess},
		updateIdentityPermissions: {names: [eras]string{"", "UpdateIdentityNamespacePermissionsAPI", ""}, weight: admin(1.5), apply: applyUserAccess},

		createNamespace: {names: [eras]string{"CreateNamespace", "CreateNamespaceAPI", "CreateNamespace"}, weight: [classes]float64{0.2, 1, 1, 0.2}, apply: applyCreateNamespace},
		updateNamespace: {names: [eras]string{"UpdateNamespace", "UpdateNamespaceAPI", "UpdateNamespace"}, weight: [classes]float64{34, 14, 18, 34}, apply: applyUpdateNamespace},
		deleteNamespace: {names: [eras]string{"DeleteNamespace", "DeleteNamespaceAPI", "DeleteNamespace"}, weight: [classes]float64{0, 1.4, 1.2, 0}, apply: applyDeleteNamespace},
		updateTags:      {names: last("UpdateNamespaceTags"), weight: [classes]float64{12, 4, 26, 22}, apply: applyTags},
		renameAttribute: {names: [eras]string{"RenameCustomSearchAttribute", "RenameCustomSearchAttributeAPI", "RenameCustomSearchAttribute"}, weight: [classes]float64{4, 1.5, 0.5, 0}, apply: applyRename},
		failover:        {names: [eras]string{"FailoverNamespace", "FailoverNamespacesAPI", "FailoverNamespaceRegion"}, weight: admin(0.8), apply: applyFailover},
		addRegion:       {names: last("AddNamespaceRegion"), weight: admin(0.6), apply: applyAddRegion},
		deleteRegion:    {names: last("DeleteNamespaceRegion"), weight: admin(0.6), apply: applyDeleteRegion},
		moveNamespace:   {names: last("MoveNamespaceToProject"), weight: admin(0.8), apply: applyMoveNamespace},

		createKey:      {names: [eras]string{"CreateAPIKey", "CreateAPIKey", "CreateApiKey"}, weight: [classes]float64{5, 4, 0, 0}, apply: applyCreateKey},
		updateKey:      {names: [eras]string{"UpdateAPIKey", "UpdateAPIKey", "UpdateApiKey"}, weight: [classes]float64{3, 2, 1, 0}, apply: applyUpdateKey},
		deleteKey:      {names: [eras]string{"DeleteAPIKey", "DeleteAPIKey", "DeleteApiKey"}, weight: [classes]float64{4, 3, 1, 0}, apply: applyDeleteKey},
		createBotKey:   {names: late("CreateServiceAccountAPIKey"), weight: [classes]float64{0, 2, 1, 0}, apply: applyCreateKey},
		cloudCreateKey: {names: [eras]string{"", "CloudCreateAPIKey", ""}, weight: admin(rare), apply: applyCreateKey},
		cloudUpdateKey: {names: [eras]string{"", "CloudUpdateAPIKey", ""}, weight: admin(rare), apply: applyUpdateKey},
		cloudDeleteKey: {names: [eras]string{"", "CloudDeleteAPIKey", ""}, weight: admin(rare), apply: applyDeleteKey},

		createEndpoint: {names: all("CreateNexusEndpoint"), weight: [classes]float64{1.5, 1.5, 1, 3}, apply: applyCreateEndpoint},
		updateEndpoint: {names: all("UpdateNexusEndpoint"), weight: [classes]float64{5, 2, 6, 8}, apply: applyUpdateEndpoint},
		deleteEndpoint: {names: all("DeleteNexusEndpoint"), weight: [classes]float64{1.5, 2, 0.5, 0}, apply: applyDeleteEndpoint},
		moveEndpoint:   {names: last("MoveNexusEndpointToProject"), weight: admin(0.6), apply: applyMoveEndpoint},

		createRule: {names: late("CreateConnectivityRule"), weight: [classes]float64{0, 1.5, 1, 4}, apply: applyCreateRule},
		deleteRule: {names: late("DeleteConnectivityRule"), weight: [classes]float64{0, 2.5, 1, 0}, apply: applyDeleteRule},

		createExport:   {names: late("CreateNamespaceExportSink"), weight: [classes]float64{0.5, 1, 1, 2}, apply: applyExport},
		updateExport:   {names: late("UpdateNamespaceExportSink"), weight: [classes]float64{2, 1.5, 5, 6}, apply: applyExport},
		deleteExport:   {names: late("DeleteNamespaceExportSink"), weight: [classes]float64{0.5, 1.5, 1, 0}, apply: applyDeleteExport},
		validateExport: {names: late("ValidateNamespaceExportSink"), weight: [classes]float64{1, 1, 5, 0}, quick: true, apply: applyExport},

		createBot:      {names: late("CreateServiceAccount"), weight: [classes]float64{0, 2, 0, 2}, apply: applyCreateBot},
		updateBot:      {names: late("UpdateServiceAccount"), weight: [classes]float64{0, 2, 1, 8}, apply: applyUpdateBot},
		deleteBot:      {names: late("DeleteServiceAccount"), weight: admin(2.5), apply: applyDeleteBot},
		setBotAccess:   {names: last("SetServiceAccountNamespaceAccess"), weight: [classes]float64{0, 3, 12, 0}, apply: applyBotAccess},
		setBotProject:  {names: last("SetServiceAccountProjectAccess"), weight: admin(1), apply: applyBotProject},
		setBotProjects: {names: last("SetServiceAccountProjectAccesses"), weight: admin(0.8), quick: true, apply: applyBotProject},

		createGroup:      {names: late("CreateUserGroup"), weight: [classes]float64{0, 1, 1, 2}, apply: applyCreateGroup},
		updateGroup:      {names: late("UpdateUserGroup"), weight: [classes]float64{0, 1, 3, 6}, apply: applyUpdateGroup},
		deleteGroup:      {names: late("DeleteUserGroup"), weight: [classes]float64{0, 1.5, 0.5, 0}, apply: applyDeleteGroup},
		setGroupAccess:   {names: late("SetUserGroupNamespaceAccess"), weight: [classes]float64{0, 3, 3, 0}, apply: applyGroupAccess},
		setGroupProject:  {names: last("SetUserGroupProjectAccess"), weight: admin(0.8), apply: applyGroupProject},
		setGroupProjects: {names: last("SetUserGroupProjectAccesses"), weight: admin(0.8), quick: true, apply: applyGroupProject},
		addMember:        {names: last("AddUserGroupMember"), weight: [classes]float64{0, 3, 8, 0}, apply: applyMember},
		removeMember:     {names: last("RemoveUserGroupMember"), weight: [classes]float64{0, 2, 5, 0}, apply: applyMember},

		createProject: {names: last("CreateProject"), weight: [classes]float64{0, 1, 0, 1}, apply: applyCreateProject},
		updateProject: {names: last("UpdateProject"), weight: [classes]float64{0, 1, 0, 4}, apply: applyUpdateProject},
		deleteProject: {names: last("DeleteProject"), weight: admin(1.2), apply: applyDeleteProject},
		createRole:    {names: last("CreateCustomRole"), weight: [classes]float64{0, 1, 0, 1}, apply: applyCreateRole},
		updateRole:    {names: last("UpdateCustomRole"), weight: [classes]float64{0, 1, 0, 3}, apply: applyUpdateRole},
		deleteRole:    {names: last("DeleteCustomRole"), weight: admin(1.2), apply: applyDeleteRole},

		createSink:    {names: last("CreateAccountAuditLogSink"), weight: admin(rare), apply: applySink},
		updateSink:    {names: last("UpdateAccountAuditLogSink"), weight: admin(2 * rare), apply: applySink},
		deleteSink:    {names: last("DeleteAccountAuditLogSink"), weight: admin(rare), apply: applyDeleteSink},
		validateSink:  {names: last("ValidateAccountAuditLogSink"), weight: admin(2 * rare), quick: true, apply: applySink},
		createBilling: {names: last("CreateBillingReport"), weight: [classes]float64{0, rare, 0.5, 0}, apply: applyBilling},
	}

	needs := func(v, otherwise verb, ready func(*world) bool) { ops[v].ready, ops[v].otherwise = ready, otherwise }
	needs(createNamespace, updateNamespace, func(w *world) bool { return w.find(false) != nil })
	needs(deleteNamespace, updateNamespace, func(w *world) bool { return w.find(true) != nil })
	needs(addRegion, updateNamespace, func(w *world) bool { return w.regional(1) != nil })
	needs(deleteRegion, updateNamespace, func(w *world) bool { return w.regional(2) != nil })
	needs(inviteUsers, updateUser, func(w *world) bool { return len(w.guests) < 2*poolHigh })
	needs(createUser, updateUser, func(w *world) bool { return len(w.guests) < 2*poolHigh })
	needs(deleteUser, updateUser, func(w *world) bool { return len(w.guests) > poolLow })
	for _, p := range []struct {
		of                     func(w *world) *pool
		create, update, delete verb
	}{
		{func(w *world) *pool { return &w.endpoints }, createEndpoint, updateEndpoint, deleteEndpoint},
		{func(w *world) *pool { return &w.rules }, createRule, updateNamespace, deleteRule},
		{func(w *world) *pool { return &w.exports }, createExport, updateExport, deleteExport},
		{func(w *world) *pool { return &w.bots }, createBot, updateBot, deleteBot},
		{func(w *world) *pool { return &w.groups }, createGroup, updateGroup, deleteGroup},
		{func(w *world) *pool { return &w.projects }, createProject, updateProject, deleteProject},
		{func(w *world) *pool { return &w.roles }, createRole, updateRole, deleteRole},
	} {
		needs(p.create, p.update, func(w *world) bool { return p.of(w).room() })
		needs(p.delete, p.update, func(w *world) bool { return p.of(w).spare() })
	}
	return ops
}
