package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// ID tells entries apart that were delivered more than once. It is comparable, the same in every run, and cannot be
// forged: who could make two entries share one could hide an entry.
type ID [16]byte

// String gives the ID as 32 hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Identity is the ID of the entry. Entries with the same log_id, operation and emit time are the same entry, of which the
// highest Version is the newest. The log_id alone does not do: entries in Temporal's own documentation share one, so equal
// log_ids with different identities are different entries, and worth a flag. An entry without a log_id is known by its
// bytes.
func (e *Entry) Identity() ID {
	var space [256]byte
	text := space[:0]
	if e.LogID == "" {
		text = append(append(text, 0), e.Raw...)
	} else {
		// Lengths keep the end of one string from passing for the beginning of the next.
		text = append(text, 1)
		text = binary.AppendUvarint(text, uint64(len(e.LogID)))
		text = append(text, e.LogID...)
		text = binary.AppendUvarint(text, uint64(len(e.Operation)))
		text = append(text, e.Operation...)
		text = binary.BigEndian.AppendUint64(text, uint64(e.EmitTime.Unix()))
		text = binary.BigEndian.AppendUint32(text, uint32(e.EmitTime.Nanosecond()))
	}
	sum := sha256.Sum256(text)
	return ID(sum[:16])
}
