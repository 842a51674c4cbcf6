package kinesis

import (
	"cmp"
	"context"

	"taudit/source"
	"taudit/source/credentials"
)

var _ source.Granter = Grant

// Grant is the [source.Granter] of streams. A stream that is named without an ARN is one of the account and region of the configuration.
func Grant(ctx context.Context, text string, o source.Options, p *source.Policy) error {
	ref, err := ParseRef(text)
	if err != nil {
		return err
	}
	if p.Health {
		p.Metrics()
	}
	if ref.ARN != "" {
		p.Stream(ref.ARN)
		return nil
	}
	region, account := credentials.Place(ctx, o)
	if region == "" {
		p.Note(source.UnknownRegion + " stands for the region of the stream: give --region, or write the stream's ARN")
	}
	if account == "" {
		p.Note(source.UnknownAccount + " stands for the number of the stream's account: write the stream's ARN, or put the number in")
	}
	p.Stream("arn:" + source.PartitionOf(region) + ":kinesis:" + cmp.Or(region, source.UnknownRegion) + ":" +
		cmp.Or(account, source.UnknownAccount) + ":stream/" + ref.Name)
	return nil
}
