package kinesis

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// Scheme is how a reference to a stream by its name begins.
const Scheme = "kinesis://"

// Ref names a stream.
type Ref struct {
	Name string // the stream's own name, without account or region
	// ARN is set when the stream was named by it. Calls then carry it, which is what lets them reach another account's stream.
	ARN    string
	Region string // of the ARN, or of the configuration; empty: not known yet
}

// ParseRef reads kinesis://NAME or a stream's ARN (arn:aws:kinesis:REGION:ACCOUNT:stream/NAME, in any partition). The error
// says what a reference looks like.
func ParseRef(text string) (Ref, error) {
	if name, ok := strings.CutPrefix(text, Scheme); ok {
		if strings.HasPrefix(name, "arn:") {
			return parseARN(name)
		}
		name = strings.TrimSuffix(name, "/")
		if !validName(name) {
			return Ref{}, fmt.Errorf("%q does not name a Kinesis stream: after %s comes a name of letters, digits, '_', '-' and "+
				"'.', or use the stream's ARN", text, Scheme)
		}
		return Ref{Name: name}, nil
	}
	if strings.HasPrefix(text, "arn:") {
		return parseARN(text)
	}
	return Ref{}, fmt.Errorf("%q does not name a Kinesis stream: write %sNAME or the stream's ARN", text, Scheme)
}

// consumerFor gives the ARN of the consumer that is registered with the stream, or "" when none of the list is. An error is one of the
// list that is not the ARN of a consumer.
func (r Ref) consumerFor(list []string) (string, error) {
	for _, text := range list {
		stream, rest, found := strings.Cut(text, "/consumer/")
		name, made, timed := strings.Cut(rest, ":")
		owner, err := parseARN(stream)
		if !found || !timed || err != nil || !validName(name) || strings.Trim(made, "0123456789") != "" || made == "" {
			return "", fmt.Errorf("--consumer-arn: %q is not the ARN of a consumer, which looks like "+
				"arn:aws:kinesis:REGION:ACCOUNT:stream/NAME/consumer/CONSUMER:1700000000", text)
		}
		if owner.ARN == r.ARN || (r.ARN == "" && owner.Name == r.Name && owner.Region == r.Region) {
			return text, nil
		}
	}
	return "", nil
}

// account is that of the ARN, empty without one.
func (r Ref) account() string {
	a, err := arn.Parse(r.ARN)
	if err != nil {
		return ""
	}
	return a.AccountID
}

func parseARN(text string) (Ref, error) {
	const shape = "arn:aws:kinesis:REGION:ACCOUNT:stream/NAME"
	a, err := arn.Parse(text)
	if err != nil {
		return Ref{}, fmt.Errorf("%q is not an ARN (%w): a stream's looks like %s", text, err, shape)
	}
	name, isStream := strings.CutPrefix(a.Resource, "stream/")
	switch {
	case a.Service != "kinesis":
		return Ref{}, fmt.Errorf("%q is an ARN of the service %q: a stream's looks like %s", text, a.Service, shape)
	case isStream && strings.Contains(name, "/consumer/"):
		return Ref{}, fmt.Errorf("%q is the ARN of a consumer: leave out /consumer/… to read its stream", text)
	case !isStream || !validName(name) || a.Region == "" || a.AccountID == "":
		return Ref{}, fmt.Errorf("%q is not the ARN of a stream, which looks like %s", text, shape)
	}
	return Ref{Name: name, ARN: text, Region: a.Region}, nil
}

// validName follows the StreamName pattern of the Kinesis API reference.
func validName(name string) bool {
	return regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,128}$`).MatchString(name)
}
