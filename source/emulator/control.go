package emulator

import "time"

// These operations make, change and remove streams. All of them take effect at once.

type createStreamInput struct {
	StreamName         *string
	ShardCount         *int32
	StreamModeDetails  *streamModeDetails
	MaxRecordSizeInKiB *int32
}

func (in *createStreamInput) shard(*Kinesis) string { return "" }

func createStream(k *Kinesis, c *call, in *createStreamInput) (any, error) {
	mode, shards := modeProvisioned, 0
	var ck checks
	ck.require("streamName", in.StreamName != nil)
	ck.streamName("streamName", in.StreamName)
	ck.within("shardCount", in.ShardCount, 1, 100_000)
	ck.within("maxRecordSizeInKiB", in.MaxRecordSizeInKiB, 1024, 10240)
	if in.StreamModeDetails != nil {
		mode = in.StreamModeDetails.StreamMode
		ck.oneOf("streamModeDetails.streamMode", &mode, modeProvisioned, modeOnDemand)
	}
	if err := ck.err(); err != nil {
		return nil, err
	}
	switch {
	case mode == modeOnDemand && in.ShardCount != nil:
		return nil, failure(codeValidation, "ShardCount must not be given for a stream with mode %s.", modeOnDemand)
	case mode == modeOnDemand:
		shards = onDemandShards
	case in.ShardCount == nil:
		return nil, failure(codeValidation, "ShardCount must be given for a stream with mode %s.", modeProvisioned)
	default:
		shards = int(*in.ShardCount)
	}
	if err := k.roomFor(shards); err != nil {
		return nil, err
	}
	maxRecord := maxRecordBytes
	if in.MaxRecordSizeInKiB != nil {
		maxRecord = int(*in.MaxRecordSizeInKiB) << 10
	}

	k.mu.Lock()
	defer k.mu.Unlock()
	name := *in.StreamName
	if _, taken := k.streams[name]; taken {
		return nil, failure(codeInUse, "Stream %s under account %s already exists.", name, k.options.Account)
	}
	k.lastID++
	s := &stream{
		id: k.lastID, name: name, arn: k.ARN(name), account: k.options.Account, mode: mode, created: c.now,
		retention: k.options.Retention, maxRecord: maxRecord, lists: window{limit: maxListCalls},
	}
	starts := uniformStarts(shards)
	for i, start := range starts {
		end := maxHashKey()
		if i+1 < len(starts) {
			end = starts[i+1].sub(one())
		}
		s.addShard(start, end, c.now)
	}
	k.streams[name] = s
	k.byID[s.id] = s
	return nil, nil
}

// roomFor fails if the account may not have so many more open shards. No stream may be locked by the caller.
func (k *Kinesis) roomFor(shards int) error {
	if open := k.openShards(); open+shards > maxAccountShards {
		return failure(codeLimit, "This request would exceed the shard limit for the account %s in %s. Current shard count for the account: %d. Limit: %d. Number of additional shards that would have resulted from this request: %d.",
			k.options.Account, k.options.Region, open, maxAccountShards, shards)
	}
	return nil
}

type deleteStreamInput struct{ streamRef }

func (in *deleteStreamInput) shard(*Kinesis) string { return "" }

func deleteStream(k *Kinesis, c *call, in *deleteStreamInput) (any, error) {
	var ck checks
	in.check(&ck)
	if err := ck.err(); err != nil {
		return nil, err
	}
	s, err := k.open(c, in.streamRef)
	if err != nil {
		return nil, err
	}
	for _, consumer := range s.consumers {
		for _, sub := range consumer.subscriptions {
			sub.revoke(failure(codeNotFound, "Stream %s under account %s not found.", s.name, s.account))
		}
	}
	s.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.streams, s.name)
	delete(k.byID, s.id)
	return nil, nil
}

type describeLimitsInput struct{}

func (in *describeLimitsInput) shard(*Kinesis) string { return "" }

type describeLimitsOutput struct {
	ShardLimit               int
	OpenShardCount           int
	OnDemandStreamCount      int
	OnDemandStreamCountLimit int
}

func describeLimits(k *Kinesis, _ *call, _ *describeLimitsInput) (any, error) {
	out := describeLimitsOutput{ShardLimit: maxAccountShards, OnDemandStreamCountLimit: 50}
	for _, s := range k.sorted() {
		s.mu.Lock()
		out.OpenShardCount += s.openShards()
		s.mu.Unlock()
		if s.mode == modeOnDemand {
			out.OnDemandStreamCount++
		}
	}
	return out, nil
}

type retentionInput struct {
	streamRef
	RetentionPeriodHours *int32
}

func (in *retentionInput) shard(*Kinesis) string { return "" }

func increaseRetention(k *Kinesis, c *call, in *retentionInput) (any, error) {
	return setRetention(k, c, in, func(current, asked time.Duration) bool { return asked >= current }, "shorter")
}

func decreaseRetention(k *Kinesis, c *call, in *retentionInput) (any, error) {
	return setRetention(k, c, in, func(current, asked time.Duration) bool { return asked <= current }, "longer")
}

func setRetention(k *Kinesis, c *call, in *retentionInput, allowed func(current, asked time.Duration) bool, forbidden string) (any, error) {
	var ck checks
	in.check(&ck)
	ck.require("retentionPeriodHours", in.RetentionPeriodHours != nil)
	if err := ck.err(); err != nil {
		return nil, err
	}
	hours := *in.RetentionPeriodHours
	if hours < minRetentionHours || hours > maxRetentionHours {
		return nil, failure(codeInvalid, "Retention period must be between %d and %d hours, not %d.", minRetentionHours, maxRetentionHours, hours)
	}
	s, err := k.open(c, in.streamRef)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	asked := time.Duration(hours) * time.Hour
	if !allowed(s.retention, asked) {
		return nil, failure(codeInvalid, "Requested retention period (%d hours) for stream %s can not be %s than existing retention period (%s).", hours, s.name, forbidden, s.retention)
	}
	s.retention = asked
	s.expire(c.now)
	return nil, nil
}

type splitShardInput struct {
	streamRef
	ShardToSplit       *string
	NewStartingHashKey *string
}

func (in *splitShardInput) shard(*Kinesis) string { return deref(in.ShardToSplit) }

func splitShard(k *Kinesis, c *call, in *splitShardInput) (any, error) {
	var ck checks
	in.check(&ck)
	ck.require("shardToSplit", in.ShardToSplit != nil)
	ck.length("shardToSplit", in.ShardToSplit, 1, 128)
	ck.require("newStartingHashKey", in.NewStartingHashKey != nil)
	if err := ck.err(); err != nil {
		return nil, err
	}
	if err := k.roomFor(1); err != nil {
		return nil, err
	}
	s, err := k.open(c, in.streamRef)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	sh, err := s.eligible(*in.ShardToSplit)
	if err != nil {
		return nil, err
	}
	at, err := s.hashKey("NewStartingHashKey", *in.NewStartingHashKey)
	if err != nil {
		return nil, err
	}
	if !sh.start.add(one()).less(at) || !at.less(sh.end) {
		return nil, failure(codeInvalid, "NewStartingHashKey %s used in SplitShard() on shard %s in stream %s under account %s is not both greater than one plus the shard's StartingHashKey %s and less than the shard's EndingHashKey %s.",
			at, sh.id, s.name, s.account, sh.start, sh.end)
	}
	s.split(sh, at, c.now)
	return nil, nil
}

type mergeShardsInput struct {
	streamRef
	ShardToMerge         *string
	AdjacentShardToMerge *string
}

func (in *mergeShardsInput) shard(*Kinesis) string { return deref(in.ShardToMerge) }

func mergeShards(k *Kinesis, c *call, in *mergeShardsInput) (any, error) {
	var ck checks
	in.check(&ck)
	ck.require("shardToMerge", in.ShardToMerge != nil)
	ck.length("shardToMerge", in.ShardToMerge, 1, 128)
	ck.require("adjacentShardToMerge", in.AdjacentShardToMerge != nil)
	ck.length("adjacentShardToMerge", in.AdjacentShardToMerge, 1, 128)
	if err := ck.err(); err != nil {
		return nil, err
	}
	s, err := k.open(c, in.streamRef)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	a, b, err := s.adjacent(*in.ShardToMerge, *in.AdjacentShardToMerge)
	if err != nil {
		return nil, err
	}
	s.merge(a, b, c.now)
	return nil, nil
}

type updateShardCountInput struct {
	streamRef
	TargetShardCount *int32
	ScalingType      *string
}

func (in *updateShardCountInput) shard(*Kinesis) string { return "" }

type updateShardCountOutput struct {
	StreamName        string
	StreamARN         string
	CurrentShardCount int
	TargetShardCount  int
}

func updateShardCount(k *Kinesis, c *call, in *updateShardCountInput) (any, error) {
	var ck checks
	in.check(&ck)
	ck.require("targetShardCount", in.TargetShardCount != nil)
	ck.within("targetShardCount", in.TargetShardCount, 1, 100_000)
	ck.require("scalingType", in.ScalingType != nil)
	ck.oneOf("scalingType", in.ScalingType, "UNIFORM_SCALING")
	if err := ck.err(); err != nil {
		return nil, err
	}
	open := k.openShards()
	s, err := k.open(c, in.streamRef)
	if err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if s.mode == modeOnDemand {
		return nil, failure(codeValidation, "Stream %s has mode %s: its shards cannot be counted out.", s.name, modeOnDemand)
	}
	current, target := s.openShards(), int(*in.TargetShardCount)
	switch {
	case target > 2*current:
		return nil, failure(codeInvalid, "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: %d. Target shard count: %d", current, target)
	case 2*target < current:
		return nil, failure(codeInvalid, "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: %d. Target shard count: %d", current, target)
	case open-current+target > maxAccountShards:
		return nil, failure(codeLimit, "Target shard count %d would exceed the shard limit of the account: %d of %d are open.", target, open, maxAccountShards)
	}
	s.scale(target, c.now)
	return updateShardCountOutput{s.name, s.arn, current, target}, nil
}

// openShards counts the open shards of the account. No stream may be locked by the caller.
func (k *Kinesis) openShards() int {
	n := 0
	for _, s := range k.sorted() {
		s.mu.Lock()
		n += s.openShards()
		s.mu.Unlock()
	}
	return n
}
