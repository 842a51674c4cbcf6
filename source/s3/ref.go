package s3

import (
	"fmt"
	"strings"
)

// Scheme is how a reference to a bucket begins.
const Scheme = "s3://"

// ParseRef takes s3://BUCKET/PREFIX apart. The prefix may be empty, or end in the middle of a name, as S3 has it: audit also
// stands for audit-old/. In place of the bucket's name there may be the ARN of an access point,
// arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME. The error says what a reference looks like.
func ParseRef(ref string) (bucket, prefix string, err error) {
	rest, ok := strings.CutPrefix(ref, Scheme)
	if !ok {
		return "", "", fmt.Errorf("%q does not name a bucket: write %sBUCKET/PREFIX", ref, Scheme)
	}
	bucket, prefix, _ = strings.Cut(rest, "/")
	if strings.HasPrefix(bucket, "arn:") && strings.HasSuffix(bucket, ":accesspoint") {
		var name string
		name, prefix, _ = strings.Cut(prefix, "/")
		if name == "" {
			return "", "", fmt.Errorf("%q does not name an access point: its ARN ends in accesspoint/NAME", ref)
		}
		bucket += "/" + name
	}
	if bucket == "" {
		return "", "", fmt.Errorf("%q does not name a bucket: write %sBUCKET/PREFIX", ref, Scheme)
	}
	return bucket, prefix, nil
}

// reference is how people write what ParseRef took apart.
func reference(bucket, prefix string) string {
	if prefix == "" {
		return Scheme + bucket
	}
	return Scheme + bucket + "/" + prefix
}
