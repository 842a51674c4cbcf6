package s3

import (
	"context"
	"strings"

	"taudit/source"
	"taudit/source/credentials"
)

var _ source.Granter = Grant

// Grant is the [source.Granter] of buckets.
func Grant(ctx context.Context, ref string, o source.Options, p *source.Policy) error {
	bucket, prefix, err := ParseRef(ref)
	if err != nil {
		return err
	}
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		p.Note("the prefix " + prefix + " does not end with /, so it allows all that begins with it: " + prefix + "-old/ too")
	}
	region, _ := credentials.Place(ctx, o)
	p.Bucket(source.PartitionOf(region), bucket, prefix)
	return nil
}
