package kinesis

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"taudit/source/audit"
)

// decode gives the entries of records, what could not be decoded, and when the last of the records arrived, and counts them.
func (r *reader) decode(records []types.Record) (entries []audit.Entry, bad []audit.Bad, newest time.Time) {
	var bytes, taken int64
	for i := range records {
		record := &records[i]
		sequence := aws.ToString(record.SequenceNumber)
		if r.skipTo != "" && !follows(sequence, r.skipTo) {
			r.unharmed()
			continue
		}
		arrived := aws.ToTime(record.ApproximateArrivalTimestamp)
		r.regain(arrived)
		r.skipTo = ""
		if sequence != "" {
			r.from, r.last = after(sequence), sequence
		}
		newest = arrived
		if arrived.After(r.status.LastArrival) {
			r.status.LastArrival = arrived
		}
		bytes += int64(len(record.Data))
		taken++
		e, b := r.decodeOne(record.Data, audit.Origin{
			Source: r.status.Source, Part: r.shard, Position: sequence, Arrived: arrived,
		})
		entries = append(entries, e...)
		bad = append(bad, b...)
	}
	if taken > 0 {
		r.size = bytes / taken
		r.status.LastBatch = time.Now()
	}
	r.status.Records += taken
	r.status.Bytes += bytes
	r.status.Entries += int64(len(entries))
	r.status.Bad += int64(len(bad))
	return entries, bad, newest
}

// decodeOne keeps a record that the decoder cannot cope with, instead of losing the shard to it.
func (r *reader) decodeOne(data []byte, o audit.Origin) (entries []audit.Entry, bad []audit.Bad) {
	defer func() {
		if p := recover(); p != nil {
			entries = nil
			bad = []audit.Bad{{
				Raw: string(data[:min(len(data), audit.MaxBad)]), Size: len(data), Origin: o,
				Reason: fmt.Sprintf("decoding it failed in an unexpected way, which is a fault of this program: %v", p),
			}}
		}
	}()
	return r.decoder.Decode(data, o)
}
