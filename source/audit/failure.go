package audit

import (
	"cmp"
	"encoding/base64"
	"strconv"
	"strings"
)

// failureKey knows the keys of an error record of Firehose: what it could not transform, convert or deliver it writes under
// the error prefix of the bucket, with the lost record in base64.
// https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
func failureKey(key []byte) bool {
	switch string(key) {
	case "rawData", "attemptsMade", "arrivalTimestamp", "errorCode", "errorMessage", "attemptEndingTimestamp", "lambdaArn", "lambdaARN",
		"lastErrorCode", "lastErrorMessage", "sequenceNumber", "subSequenceNumber", "dataCatalogTable":
		return true
	}
	return false
}

// isFailure tells whether the object that was scanned is an error record: it has lost data, and at least one more such key.
func (s *splitter) isFailure(raw string) bool {
	count, data := 0, false
	for _, m := range s.scan.members {
		if key := raw[m.key:m.keyEnd]; m.depth == 1 && failureKey([]byte(key)) {
			count++
			data = data || key == "rawData"
		}
	}
	return data && count > 1
}

// rescue reads the record that an error record holds. Whatever was wrong with it, its place is that of the error record.
func (s *splitter) rescue(raw string, at int64) {
	values := map[string]string{}
	for _, m := range s.scan.members {
		if m.depth == 1 {
			values[m.name(raw)] = m.text(raw)
		}
	}
	why := failureReason(values)
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(values["rawData"], "="))
	switch {
	case s.origin.Rescued:
		s.damage(at, []byte(raw), "an error record of Firehose inside an error record, "+why)
		return
	case err != nil:
		s.damage(at, []byte(raw), "an error record of Firehose whose rawData is not base64, "+why)
		return
	case len(data) == 0:
		s.damage(at, []byte(raw), "an error record of Firehose without data, "+why)
		return
	}
	o := s.origin
	o.Rescued = true
	if o.Position == "" {
		o.Position = strconv.FormatInt(at, 10)
	}
	entries, bad := s.decoder.Decode(data, o)
	if len(entries)+len(bad) == 0 {
		s.damage(at, []byte(raw), "an error record of Firehose whose data holds no entry, "+why)
		return
	}
	s.passed += int64(len(raw))
	for i := range entries {
		if s.packer != nil {
			s.packer.Add(&entries[i])
			continue
		}
		if s.origin.Position == "" {
			s.positions = append(s.positions, entries[i].Origin.Position...)
			s.ends = append(s.ends, len(s.positions))
		}
		s.entries = append(s.entries, entries[i])
	}
	for i := range bad {
		bad[i].Offset = at
		bad[i].Reason = "in the rawData of an error record of Firehose, " + why + ": " + bad[i].Reason
		s.bad = append(s.bad, bad[i])
	}
}

// failureReason says what Firehose says went wrong.
func failureReason(values map[string]string) string {
	code := cmp.Or(values["errorCode"], values["lastErrorCode"], "without an error code")
	if message := cmp.Or(values["errorMessage"], values["lastErrorMessage"]); message != "" {
		return code + " (" + message + ")"
	}
	return code
}
