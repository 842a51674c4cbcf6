package s3

import (
	"cmp"
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
	region, account := credentials.Place(ctx, o)
	partition := source.PartitionOf(region)
	p.Bucket(partition, bucket, prefix)
	if p.Health {
		grantDelivery(p, partition, region, account, o.Firehose)
	}
	return nil
}

// grantDelivery allows to ask about the delivery stream that writes to the bucket.
func grantDelivery(p *source.Policy, partition, region, account, name string) {
	const unknown = "DELIVERY-STREAM"
	if name == "" {
		p.Note(unknown + " stands for the name of the Firehose stream that writes to the bucket: give --firehose, or put the name in")
	}
	if region == "" {
		p.Note(source.UnknownRegion + " stands for the region of the Firehose stream: give --region, or put it in")
	}
	if account == "" {
		p.Note(source.UnknownAccount + " stands for the number of the Firehose stream's account: put the number in")
	}
	p.Metrics()
	p.Delivery("arn:" + partition + ":firehose:" + cmp.Or(region, source.UnknownRegion) + ":" + cmp.Or(account, source.UnknownAccount) +
		":deliverystream/" + cmp.Or(name, unknown))
}
