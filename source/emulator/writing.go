package emulator

import "fmt"

type putRecordInput struct {
	streamRef
	entry
	SequenceNumberForOrdering *string
	DryRun                    bool
}

// entry is a record as clients put it.
type entry struct {
	Data            []byte
	PartitionKey    *string
	ExplicitHashKey *string
}

func (e *entry) check(ck *checks, member string) {
	ck.require(member+"data", e.Data != nil)
	ck.require(member+"partitionKey", e.PartitionKey != nil)
}

// Faults of one shard do not befall writing: which shard a record goes to is the server's business.
func (in *putRecordInput) shard(*Kinesis) string { return "" }

type putRecordOutput struct {
	ShardId        string
	SequenceNumber string
}

func putRecord(k *Kinesis, c *call, in *putRecordInput) (any, error) {
	var ck checks
	in.streamRef.check(&ck)
	in.entry.check(&ck, "")
	if err := ck.err(); err != nil {
		return nil, err
	}
	s, err := k.open(c, in.streamRef)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if err := s.validateRecord(*in.PartitionKey, in.ExplicitHashKey, in.Data); err != nil {
		return nil, err
	}
	if in.SequenceNumberForOrdering != nil {
		if _, ok := parseNumber(*in.SequenceNumberForOrdering); !ok {
			return nil, failure(codeInvalid, "SequenceNumberForOrdering %s used in PutRecord on stream %s under account %s is invalid.", *in.SequenceNumberForOrdering, s.name, s.account)
		}
	}
	sh, seq, err := k.write(s, c, &in.entry, in.DryRun)
	switch {
	case err != nil:
		return nil, err
	case in.DryRun:
		return nil, dryRunSucceeded()
	}
	return putRecordOutput{sh.id, seq.String()}, nil
}

type putRecordsInput struct {
	streamRef
	Records []entry
	DryRun  bool
}

func (in *putRecordsInput) shard(*Kinesis) string { return "" }

type putRecordsOutput struct {
	FailedRecordCount int
	Records           []putResult
}

type putResult struct {
	ShardId        string `json:",omitempty"`
	SequenceNumber string `json:",omitempty"`
	ErrorCode      string `json:",omitempty"`
	ErrorMessage   string `json:",omitempty"`
}

func putRecords(k *Kinesis, c *call, in *putRecordsInput) (any, error) {
	var ck checks
	in.check(&ck)
	if n := len(in.Records); n < 1 || n > maxPutRecords {
		ck = append(ck, fmt.Sprintf("Value at 'records' failed to satisfy constraint: Member must have length between 1 and %d", maxPutRecords))
	}
	size := 0
	for i := range in.Records {
		e := &in.Records[i]
		e.check(&ck, fmt.Sprintf("records.%d.member.", i+1))
		size += len(e.Data) + len(deref(e.PartitionKey))
	}
	if err := ck.err(); err != nil {
		return nil, err
	}
	if size > maxPutRequest {
		return nil, failure(codeInvalid, "Records size exceeds %d bytes: %d.", maxPutRequest, size)
	}
	s, err := k.open(c, in.streamRef)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	for _, e := range in.Records {
		if err := s.validateRecord(*e.PartitionKey, e.ExplicitHashKey, e.Data); err != nil {
			return nil, err
		}
	}
	out := putRecordsOutput{Records: make([]putResult, len(in.Records))}
	for i := range in.Records {
		sh, seq, err := k.write(s, c, &in.Records[i], in.DryRun)
		if err != nil {
			if in.DryRun {
				return nil, err
			}
			out.FailedRecordCount++
			out.Records[i] = putResult{ErrorCode: codeThroughput, ErrorMessage: fmt.Sprintf("Rate exceeded for shard %s in stream %s under account %s.", sh.id, s.name, s.account)}
			continue
		}
		out.Records[i] = putResult{ShardId: sh.id, SequenceNumber: seq.String()}
	}
	if in.DryRun {
		return nil, dryRunSucceeded()
	}
	return out, nil
}

// write puts a valid record on its shard unless that has had its share of this second, which is the only error. A dry run
// only looks.
func (k *Kinesis) write(s *stream, c *call, e *entry, dryRun bool) (*shard, number, error) {
	key := hashOf(*e.PartitionKey)
	if e.ExplicitHashKey != nil {
		var err error
		if key, err = s.hashKey("ExplicitHashKey", *e.ExplicitHashKey); err != nil {
			return nil, number{}, err
		}
	}
	sh := s.route(key)
	r := record{arrived: c.now.UnixMilli(), key: *e.PartitionKey, data: e.Data}
	if !k.options.NoLimits && (!sh.puts.fits(c.now, 1) || !sh.putBytes.fits(c.now, r.size())) {
		return sh, number{}, s.exceeded(sh)
	}
	if dryRun {
		return sh, number{}, nil
	}
	sh.puts.take(1)
	sh.putBytes.take(r.size())
	return sh, sh.append(r), nil
}
