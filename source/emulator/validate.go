package emulator

import (
	"fmt"
	"strings"
)

// checks collects what is wrong with a request's members, in the words of the service.
type checks []string

func (c *checks) require(member string, present bool) {
	if !present {
		*c = append(*c, fmt.Sprintf("Value null at '%s' failed to satisfy constraint: Member must not be null", member))
	}
}

func (c *checks) length(member string, value *string, low, high int) {
	if value != nil && (len(*value) < low || len(*value) > high) {
		*c = append(*c, fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must have length between %d and %d", member, low, high))
	}
}

func (c *checks) within(member string, value *int32, low, high int32) {
	switch {
	case value == nil:
	case *value < low:
		*c = append(*c, fmt.Sprintf("Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d", *value, member, low))
	case *value > high:
		*c = append(*c, fmt.Sprintf("Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d", *value, member, high))
	}
}

func (c *checks) oneOf(member string, value *string, allowed ...string) {
	if value == nil {
		return
	}
	for _, a := range allowed {
		if *value == a {
			return
		}
	}
	*c = append(*c, fmt.Sprintf("Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum value set: [%s]", *value, member, strings.Join(allowed, ", ")))
}

func (c *checks) streamName(member string, value *string) {
	if value == nil {
		return
	}
	if len(*value) < 1 || len(*value) > 128 || strings.Trim(*value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") != "" {
		*c = append(*c, fmt.Sprintf("Value '%s' at '%s' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]{1,128}", *value, member))
	}
}

// err is a ValidationException with all that is wrong, or nil.
func (c checks) err() error {
	if len(c) == 0 {
		return nil
	}
	plural := ""
	if len(c) > 1 {
		plural = "s"
	}
	return failure(codeValidation, "%d validation error%s detected: %s", len(c), plural, strings.Join(c, "; "))
}

// streamRef is how requests name a stream. Embed it.
type streamRef struct {
	StreamName *string
	StreamARN  *string
}

func (r *streamRef) check(c *checks) {
	c.streamName("streamName", r.StreamName)
}

// open finds the stream that a request names, by name, ARN or both, and locks it; unlock it when done.
func (k *Kinesis) open(c *call, r streamRef) (*stream, error) {
	name, err := k.nameOf(r)
	if err != nil {
		return nil, err
	}
	s, err := k.find(name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.expire(c.now)
	return s, nil
}

func (k *Kinesis) nameOf(r streamRef) (string, error) {
	if r.StreamARN == nil {
		if r.StreamName == nil {
			return "", failure(codeInvalid, "Either StreamARN or StreamName must be given.")
		}
		return *r.StreamName, nil
	}
	region, account, name, ok := parseARN(*r.StreamARN)
	if !ok {
		return "", checks{fmt.Sprintf("Value '%s' at 'streamARN' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+", *r.StreamARN)}.err()
	}
	if r.StreamName != nil && *r.StreamName != name {
		return "", failure(codeInvalid, "StreamName %s and StreamARN %s do not name the same stream.", *r.StreamName, *r.StreamARN)
	}
	if region != k.options.Region || account != k.options.Account {
		return "", failure(codeNotFound, "Stream %s under account %s not found.", *r.StreamARN, k.options.Account)
	}
	return name, nil
}

// parseARN takes arn:aws:kinesis:REGION:ACCOUNT:stream/NAME apart.
func parseARN(arn string) (region, account, name string, ok bool) {
	parts := strings.Split(arn, ":")
	if len(parts) != 6 || parts[0] != "arn" || !strings.HasPrefix(parts[1], "aws") || parts[2] != "kinesis" || len(parts[4]) != 12 {
		return "", "", "", false
	}
	name, ok = strings.CutPrefix(parts[5], "stream/")
	return parts[3], parts[4], name, ok && name != ""
}
