package audit

import "strings"

// Actor is who acted, as people know them: the name of the principal, else the e-mail address of older formats, else the
// ID of the principal. Empty when the record does not say.
func (e *Entry) Actor() string {
	switch {
	case e.Principal.Name != "":
		return e.Principal.Name
	case e.UserEmail != "":
		return e.UserEmail
	}
	return e.Principal.ID
}

// PrincipalKind is the type of the principal in one spelling: "user", "serviceaccount", or whatever was written, in lower
// case and without "-" and "_". Empty in formats before F2.
func (e *Entry) PrincipalKind() string {
	switch t := e.Principal.Type; t {
	case "", "user", "serviceaccount":
		return t
	default:
		return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(t))
	}
}

// Via is how the call was made: "apikey" when the principal shows an API key, "browser" when the format of the record has
// the field and it is empty, "unknown" for the older formats that lack it.
func (e *Entry) Via() string {
	switch {
	case e.Principal.APIKeyID != "":
		return "apikey"
	case e.Format >= F3:
		return "browser"
	}
	return "unknown"
}

// Addresses are the hops of Forwarded, the caller's own claim first. A hop is text: it need not be an address.
func (e *Entry) Addresses() []string {
	if e.Forwarded == "" {
		return nil
	}
	hops := make([]string, 0, 1+strings.Count(e.Forwarded, ","))
	for hop := range strings.SplitSeq(e.Forwarded, ",") {
		if hop = strings.TrimSpace(hop); hop != "" {
			hops = append(hops, hop)
		}
	}
	return hops
}

// ClientAddress is the first hop, to be shown. Whoever called chose what stands there: a decision has to go by the
// last hop that is not a trusted proxy. It does not allocate.
func (e *Entry) ClientAddress() string {
	for hop := range strings.SplitSeq(e.Forwarded, ",") {
		if hop = strings.TrimSpace(hop); hop != "" {
			return hop
		}
	}
	return ""
}

// Correlation is the ID that ties the entries of one request together: the async operation ID, else the older request ID.
// It may be there for an operation that is not asynchronous, and entries of different requests may share one.
func (e *Entry) Correlation() string {
	if e.AsyncOperationID != "" {
		return e.AsyncOperationID
	}
	return e.RequestID
}

// Outcome is what the status means: "accepted" for OK, since an asynchronous operation is not done when its request is
// answered; "failed" for ERROR; anything else as it was written.
func (e *Entry) Outcome() string {
	switch {
	case strings.EqualFold(e.Status, "OK"):
		return "accepted"
	case strings.EqualFold(e.Status, "ERROR"):
		return "failed"
	}
	return e.Status
}
