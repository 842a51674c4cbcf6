package source

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// Granter adds what reading the source of one reference needs to a policy. It reads local configuration and does not call out.
type Granter func(ctx context.Context, ref string, o Options, p *Policy) error

// Policy is the least that AWS has to allow so that sources can be read, as an IAM policy. The zero value allows nothing.
type Policy struct {
	// Health also allows to ask how streams and what delivers from them are set up and have fared, which reading does not need.
	Health bool

	statements []statement
	streams    []string // regions of the streams
	buckets    bool
	keys       []string
	notes      []string
}

// What stands for what is not known, in a policy and in what explains it.
const (
	UnknownRegion  = "REGION"
	UnknownAccount = "ACCOUNT"
)

// statement is one of a policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html.
type statement struct {
	Effect    string
	Action    some
	Resource  some
	Condition map[string]map[string]some `json:",omitempty"`
}

// some is written as a string when it is one.
type some []string

// MarshalJSON writes a string or a list of them.
func (s some) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // it is read by people
	if len(s) == 1 {
		err := e.Encode(s[0])
		return out.Bytes(), err
	}
	err := e.Encode([]string(s))
	return out.Bytes(), err
}

// Stream allows to read a stream, named by its ARN.
func (p *Policy) Stream(arn string) {
	actions := some{"kinesis:ListShards", "kinesis:GetShardIterator", "kinesis:GetRecords"}
	if p.Health {
		actions = append(actions, "kinesis:DescribeStreamSummary")
	}
	p.allow(actions, arn)
	p.streams = append(p.streams, regionOf(arn))
}

// Consumer allows to read as a consumer that is registered already (enhanced fan-out), named by its ARN.
func (p *Policy) Consumer(arn string) { p.allow(some{"kinesis:SubscribeToShard"}, arn) }

// Bucket allows to list and read what is below a prefix of a bucket in a partition ("aws", "aws-cn", "aws-us-gov"). In place of the bucket's
// name there may be the ARN of an access point.
func (p *Policy) Bucket(partition, bucket, prefix string) {
	container, objects := "arn:"+partition+":s3:::"+bucket, "arn:"+partition+":s3:::"+bucket+"/"
	if strings.HasPrefix(bucket, "arn:") {
		container, objects = bucket, bucket+"/object/"
	}
	p.buckets = true
	pattern := literal(prefix) + "*"
	list := statement{Effect: "Allow", Action: some{"s3:ListBucket"}, Resource: some{container}}
	if prefix != "" {
		list.Condition = map[string]map[string]some{"StringLike": {"s3:prefix": {pattern}}}
	}
	p.list(list)
	p.allow(some{"s3:GetObject"}, objects+pattern)
}

// Metrics allows to read the metrics of CloudWatch, which cannot be limited to those of some resources.
func (p *Policy) Metrics() { p.allow(some{"cloudwatch:GetMetricData"}, "*") }

// Delivery allows to ask how a delivery stream of Firehose is set up, named by its ARN.
func (p *Policy) Delivery(arn string) { p.allow(some{"firehose:DescribeDeliveryStream"}, arn) }

// Key allows to decrypt with a KMS key of the account's own, named by its ARN, what the streams and buckets of the policy hold, and nothing
// else.
func (p *Policy) Key(arn string) { p.keys = append(p.keys, arn) }

// Note explains something about the policy, once.
func (p *Policy) Note(text string) {
	if !slices.Contains(p.notes, text) {
		p.notes = append(p.notes, text)
	}
}

// Notes are what explains the policy, such as what stands for what is not known.
func (p *Policy) Notes() []string { return p.notes }

// Empty tells whether nothing is allowed.
func (p *Policy) Empty() bool { return len(p.statements) == 0 }

// Grant is what a policy allows on some resources.
type Grant struct{ Actions, Resources []string }

// Grants are what the policy allows, for people: conditions are left out.
func (p *Policy) Grants() []Grant {
	var out []Grant
	for _, s := range append(slices.Clone(p.statements), p.decryption()...) {
		out = append(out, Grant{slices.Clone(s.Action), slices.Clone(s.Resource)})
	}
	return out
}

// JSON writes the policy.
func (p *Policy) JSON() ([]byte, error) {
	doc := struct {
		Version   string
		Statement []statement
	}{"2012-10-17", append(slices.Clone(p.statements), p.decryption()...)}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(doc)
	return out.Bytes(), err
}

// allow adds a resource to what the same actions are allowed on.
func (p *Policy) allow(actions some, resource string) {
	for i := range p.statements {
		if s := &p.statements[i]; s.Condition == nil && slices.Equal(s.Action, actions) {
			if !slices.Contains(s.Resource, resource) {
				s.Resource = append(s.Resource, resource)
			}
			return
		}
	}
	p.statements = append(p.statements, statement{Effect: "Allow", Action: actions, Resource: some{resource}})
}

// list adds a prefix to those of the same bucket.
func (p *Policy) list(n statement) {
	for i := range p.statements {
		s := &p.statements[i]
		if !slices.Equal(s.Action, n.Action) || !slices.Equal(s.Resource, n.Resource) {
			continue
		}
		if s.Condition == nil || n.Condition == nil {
			s.Condition = nil // all of the bucket
			return
		}
		like := s.Condition["StringLike"]
		for _, prefix := range n.Condition["StringLike"]["s3:prefix"] {
			if !slices.Contains(like["s3:prefix"], prefix) {
				like["s3:prefix"] = append(like["s3:prefix"], prefix)
			}
		}
		return
	}
	p.statements = append(p.statements, n)
}

// decryption gives a statement for each region that has keys: they are used through the services of their region.
func (p *Policy) decryption() (out []statement) {
	var regions []string
	at := map[string]some{}
	for _, key := range p.keys {
		r := regionOf(key)
		if _, known := at[r]; !known {
			regions = append(regions, r)
		}
		at[r] = append(at[r], key)
	}
	for _, r := range regions {
		domain := r + ".amazonaws.com"
		if PartitionOf(r) == "aws-cn" {
			domain += ".cn"
		}
		var via some
		if slices.Contains(p.streams, r) || slices.Contains(p.streams, UnknownRegion) {
			via = append(via, "kinesis."+domain)
		}
		if p.buckets {
			via = append(via, "s3."+domain)
		}
		if len(via) == 0 {
			continue // nothing that is read can be encrypted with them
		}
		out = append(out, statement{
			Effect: "Allow", Action: some{"kms:Decrypt"}, Resource: at[r],
			Condition: map[string]map[string]some{"StringEquals": {"kms:ViaService": via}},
		})
	}
	return out
}

// PartitionOf gives the partition of AWS that a region is in.
func PartitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// regionOf gives the region in an ARN.
func regionOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[3]
	}
	return UnknownRegion
}

// literal writes a text so that a policy takes each of its characters for itself.
func literal(text string) string {
	return strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}").Replace(text)
}
