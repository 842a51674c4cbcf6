package cli

import (
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"taudit/source"
)

// granting are the flags of policy.
type granting struct {
	reading
	keys      []string
	consumers []string
}

func newPolicy(env *Env) *cobra.Command {
	var g granting
	cmd := &cobra.Command{
		Use:   "policy SOURCE…",
		Short: "Print the least IAM policy for reading sources",
		Long: `policy prints the least IAM policy that allows to read exactly these sources, as JSON. It calls nothing: what the
AWS configuration does not tell, such as the account of a stream that is named without its ARN, is written as a
placeholder and explained on standard error.

Files, standard input and the demo need no permission.`,
		Example: `  taudit policy arn:aws:kinesis:us-east-1:123456789012:stream/audit-prod s3://acme-audit/firehose/ > policy.json
  taudit policy kinesis://audit-prod --region us-east-1 --kms-key arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
		Args: func(cmd *cobra.Command, refs []string) error {
			if len(refs) == 0 {
				return usagef(cmd, "policy needs a SOURCE: kinesis://NAME or a stream's ARN, or s3://BUCKET/PREFIX")
			}
			return nil
		},
		ValidArgsFunction: env.completeReference,
		RunE: env.configured(func(cmd *cobra.Command, refs []string) error {
			return env.policy(cmd, refs, &g)
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVar(&g.keys, "kms-key", nil, "`ARN` of a KMS key of your own that a stream or bucket is encrypted with; may be repeated")
	f.StringArrayVar(&g.consumers, "consumer-arn", nil, "`ARN` of a registered consumer to read with (enhanced fan-out); may be repeated")
	g.defineHealth(f)
	g.defineWhere(f)
	return cmd
}

func keyARN() *regexp.Regexp {
	return regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`)
}

func consumerARN() *regexp.Regexp {
	return regexp.MustCompile(`^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[A-Za-z0-9_.-]+/consumer/[A-Za-z0-9_.-]+:[0-9]+$`)
}

// shapedConsumers refuses what is not the ARN of a consumer.
func shapedConsumers(cmd *cobra.Command, consumers []string) error {
	for _, consumer := range consumers {
		if !consumerARN().MatchString(consumer) {
			return usagef(cmd, "--consumer-arn: %q is not the ARN of a consumer, which looks like arn:aws:kinesis:REGION:ACCOUNT:stream/NAME/consumer/CONSUMER:NUMBER; "+
				"\"aws kinesis list-stream-consumers\" shows it", consumer)
		}
	}
	return nil
}

// policy carries out the command.
func (env *Env) policy(cmd *cobra.Command, refs []string, g *granting) error {
	for _, key := range g.keys {
		if !keyARN().MatchString(key) {
			return usagef(cmd, "--kms-key: %q is not the ARN of a key, which looks like arn:aws:kms:REGION:ACCOUNT:key/ID; a policy cannot name a key by its alias", key)
		}
	}
	if err := shapedConsumers(cmd, g.consumers); err != nil {
		return err
	}
	schemes, err := env.schemes(cmd, refs)
	if err != nil {
		return err
	}
	if g.firehose != "" && !g.health {
		return usagef(cmd, "--firehose is for --health, which is not given")
	}
	p := source.Policy{Health: g.health}
	o := source.Options{Region: g.region, Profile: g.profile, Health: g.health, Firehose: g.firehose}
	streams := false
	for i, ref := range refs {
		grant, ok := env.Granters[schemes[i]]
		if !ok {
			env.say("taudit: %s needs no permission of AWS", ref)
			continue
		}
		if err := grant(cmd.Context(), ref, o, &p); err != nil {
			return usagef(cmd, "%v", err)
		}
		streams = streams || schemes[i] == "kinesis"
	}
	if len(g.consumers) > 0 && !streams {
		return usagef(cmd, "--consumer-arn is for a Kinesis stream, which is not among the sources")
	}
	for _, consumer := range g.consumers {
		p.Consumer(consumer)
	}
	if p.Empty() {
		return exitCode(exitNone)
	}
	for _, key := range g.keys {
		p.Key(key)
	}
	for _, note := range p.Notes() {
		env.say("taudit: %s", note)
	}
	text, err := p.JSON()
	if err != nil {
		return fmt.Errorf("writing the policy: %w", err)
	}
	if _, err := env.Stdout.Write(text); err != nil {
		return fmt.Errorf("writing the policy: %w", err)
	}
	return nil
}
