package audit

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode"
)

// Meaning is what a text in an entry is known to be.
type Meaning uint8

// The meanings.
const (
	Unknown     Meaning = iota
	Moment              // a time in the format of RFC 3339
	Address             // an IP address or a range of them
	Hops                // several addresses, as X-Forwarded-For lists them
	Fingerprint         // of a certificate
	Enum                // a name of a protobuf enum, of which all begin alike
)

// Known is what is known of a text. The zero Known is nothing.
type Known struct {
	Meaning Meaning
	Time    time.Time // of a Moment, in UTC
	Prefix  int       // bytes that all names of the Enum begin with
	Note    string    // what it is, for people; empty when the text says it itself
}

// Recognise tells what a text means by its form and by the key it stands under; in an array that is the key of the array.
func Recognise(key, text string) Known {
	const longest = 1024 // chains of addresses included
	if len(text) < 2 || len(text) > longest {
		return Known{}
	}
	if t, ok := moment(text); ok {
		return Known{Meaning: Moment, Time: t}
	}
	if note, ok := address(text); ok {
		return Known{Meaning: Address, Note: note}
	}
	if n := hops(text); n > 1 {
		return Known{Meaning: Hops, Note: fmt.Sprintf("%d hops, the first claimed", n)}
	}
	if note, ok := fingerprint(key, text); ok {
		return Known{Meaning: Fingerprint, Note: note}
	}
	if n := enumPrefix(key, text); n > 0 {
		return Known{Meaning: Enum, Prefix: n}
	}
	return Known{}
}

func moment(s string) (time.Time, bool) {
	if len(s) < len("2023-11-08T09:14:58Z") || s[4] != '-' || s[10] != 'T' {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UTC(), err == nil
}

// address says of which kind an address is, or a range.
func address(s string) (string, bool) {
	const digits = "0123456789abcdefABCDEF.:/[]%"
	if strings.Trim(s[:min(len(s), 8)], digits) != "" || !strings.ContainsAny(s, ".:") {
		return "", false
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return addressKind(a) + " address", true
	}
	if a, err := netip.ParseAddrPort(s); err == nil {
		return addressKind(a.Addr()) + " address and port", true
	}
	if r, err := netip.ParsePrefix(s); err == nil {
		return addressKind(r.Addr()) + " address range", true
	}
	return "", false
}

func addressKind(a netip.Addr) string {
	a = a.Unmap()
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10) // RFC 6598
	switch {
	case a.IsLoopback():
		return "loopback"
	case a.IsPrivate():
		return "private"
	case a.IsLinkLocalUnicast():
		return "link-local"
	case a.IsMulticast():
		return "multicast"
	case a.IsUnspecified():
		return "unspecified"
	case shared.Contains(a):
		return "shared (carrier NAT)"
	}
	return "public"
}

// hops counts the addresses of a chain; 0 when some part is none.
func hops(s string) int {
	n := 0
	for part := range strings.SplitSeq(s, ",") {
		if _, err := netip.ParseAddr(strings.TrimSpace(part)); err != nil {
			return 0
		}
		n++
	}
	return n
}

// fingerprint says by which hash, going by the length. Digits alone may be any id, so the key has to speak of certificates; bytes with colons between them
// are nothing else.
func fingerprint(key, s string) (string, bool) {
	bytes, colons := 0, strings.Count(s, ":")
	for i := range len(s) {
		c := s[i] | 0x20
		switch {
		case s[i] == ':' && i%3 == 2:
		case '0' <= s[i] && s[i] <= '9' || 'a' <= c && c <= 'f':
			bytes++
		default:
			return "", false
		}
	}
	bytes /= 2
	hash, ok := map[int]string{16: "MD5", 20: "SHA-1", 32: "SHA-256", 48: "SHA-384", 64: "SHA-512"}[bytes]
	key = strings.ToLower(key)
	named := strings.Contains(key, "fingerprint") || strings.Contains(key, "thumbprint") || strings.Contains(key, "cert")
	if !ok || colons != 0 && colons != bytes-1 || colons == 0 && !named {
		return "", false
	}
	return hash + " of a certificate", true
}

// enumPrefix is what all names of an enum begin with: that of one known from Temporal's API, or the name of the key in capitals.
func enumPrefix(key, s string) int {
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && c != '_' && (c < '0' || c > '9' || i == 0) {
			return 0
		}
	}
	for _, prefix := range enums {
		if strings.HasPrefix(s, prefix) && len(s) > len(prefix) {
			return len(prefix)
		}
	}
	if prefix := capitals(key) + "_"; len(prefix) > 2 && strings.HasPrefix(s, prefix) && len(s) > len(prefix) {
		return len(prefix)
	}
	return 0
}

// enums are the prefixes in Temporal Cloud's API and in the records before 2026 whose keys do not name them.
var enums = [...]string{
	"LOG_LEVEL_", "LOG_CATEGORY_", "PERMISSION_", "ROLE_", "OWNER_TYPE_", "SEARCH_ATTRIBUTE_TYPE_", "INDEXED_VALUE_TYPE_",
	"NAMESPACE_STATE_", "RESOURCE_STATE_", "STATE_", "HEALTH_", "BILLING_REPORT_GRANULARITY_",
}

// capitals writes a key in the way of enums: ownerType and owner_type as OWNER_TYPE.
func capitals(key string) string {
	var b strings.Builder
	for i, r := range key {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}
