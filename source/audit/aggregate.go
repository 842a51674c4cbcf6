package audit

import (
	"bytes"
	"crypto/md5"

	"google.golang.org/protobuf/encoding/protowire"
)

// aggregateMagic begins a Kinesis record that the Kinesis Producer Library has aggregated:
// https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
const aggregateMagic = "\xF3\x89\x9A\xC2"

// The field numbers of the messages AggregatedRecord and Record of that format.
const (
	aggregatedRecords = 3
	recordData        = 3
)

// Deaggregate takes a record of the Kinesis Producer Library apart into the data of the records in it, which are parts of
// the slice that was given. It is false for any other data, and for data that begins like such a record but whose MD5 is
// wrong or whose message is broken: consumers pass that through as a plain record.
func Deaggregate(data []byte) ([][]byte, bool) {
	body, ok := bytes.CutPrefix(data, []byte(aggregateMagic))
	if !ok || len(body) < md5.Size {
		return nil, false
	}
	message, sum := body[:len(body)-md5.Size], body[len(body)-md5.Size:]
	// The format asks for MD5; it guards against accidents, not against people.
	if md5.Sum(message) != [md5.Size]byte(sum) {
		return nil, false
	}
	records := [][]byte{}
	for len(message) > 0 {
		record, rest, found, ok := nextBytes(message, aggregatedRecords)
		if !ok {
			return nil, false
		}
		message = rest
		if !found {
			continue
		}
		content, ok := dataOf(record)
		if !ok {
			return nil, false
		}
		records = append(records, content)
	}
	return records, true
}

// dataOf finds the data of one Record message, which is required there.
func dataOf(record []byte) (data []byte, ok bool) {
	some := false
	for len(record) > 0 {
		value, rest, found, ok := nextBytes(record, recordData)
		if !ok {
			return nil, false
		}
		record = rest
		if found {
			data, some = value, true
		}
	}
	return data, some
}

// nextBytes takes the first field off a message; found is set when it is the wanted one, of bytes. It is not ok when the
// message is broken.
func nextBytes(message []byte, wanted protowire.Number) (value, rest []byte, found, ok bool) {
	number, kind, n := protowire.ConsumeTag(message)
	if n < 0 {
		return nil, nil, false, false
	}
	message = message[n:]
	if number == wanted && kind == protowire.BytesType {
		value, n = protowire.ConsumeBytes(message)
		if n < 0 {
			return nil, nil, false, false
		}
		return value, message[n:], true, true
	}
	n = protowire.ConsumeFieldValue(number, kind, message)
	if n < 0 {
		return nil, nil, false, false
	}
	return nil, message[n:], false, true
}
