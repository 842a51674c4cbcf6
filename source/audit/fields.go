package audit

// field is one of the names under which Temporal Cloud has written something about an operation.
type field uint16

// The fields of all formats, a bit each so that those of a record make a set.
const (
	emitTimeField field = 1 << iota
	operationField
	statusField
	versionField
	logIDField
	principalField
	rawDetailsField
	forwardedField
	asyncOperationField
	requestField
	levelField
	userEmailField
	callerField
	detailsField
	categoryField

	unknownField field = 0

	// oldFields were announced to go in April 2026; newFields came in October 2025, as did principal.api_key_id.
	oldFields = levelField | userEmailField | callerField | detailsField | categoryField
	newFields = rawDetailsField | forwardedField | asyncOperationField
)

// fieldOf knows a key in both spellings; camel is set for a key that only the camelCase encodings have.
func fieldOf(key string) (f field, camel bool) {
	switch key {
	case "emit_time":
		return emitTimeField, false
	case "emitTime":
		return emitTimeField, true
	case "operation":
		return operationField, false
	case "status":
		return statusField, false
	case "version":
		return versionField, false
	case "log_id":
		return logIDField, false
	case "logId":
		return logIDField, true
	case "principal":
		return principalField, false
	case "raw_details":
		return rawDetailsField, false
	case "rawDetails":
		return rawDetailsField, true
	case "x_forwarded_for":
		return forwardedField, false
	case "xForwardedFor":
		return forwardedField, true
	case "async_operation_id":
		return asyncOperationField, false
	case "asyncOperationId":
		return asyncOperationField, true
	case "request_id":
		return requestField, false
	case "requestId":
		return requestField, true
	case "level":
		return levelField, false
	case "user_email":
		return userEmailField, false
	case "userEmail":
		return userEmailField, true
	case "caller_ip_address":
		return callerField, false
	case "callerIpAddress":
		return callerField, true
	case "details":
		return detailsField, false
	case "category":
		return categoryField, false
	}
	return unknownField, false
}

// formatOf tells the generation from the fields a record has. F3 is the only one to have old and new fields; a record
// of F4 may lack every new field, because what is empty is left out, but a record of F0 to F2 always has old ones.
func formatOf(have field, apiKey bool) Format {
	switch {
	case have&oldFields == 0:
		return F4
	case have&newFields != 0 || apiKey:
		return F3
	case have&(principalField|requestField) != 0:
		return F2
	case have&logIDField != 0:
		return F1
	}
	return F0
}

func encodingOf(camel, stampIsObject bool) Encoding {
	switch {
	case camel && stampIsObject:
		return Download
	case camel:
		return CloudOps
	case stampIsObject:
		return CloudCLI
	}
	return Stream
}
