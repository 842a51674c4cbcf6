package audit

// IDs are mostly hexadecimal digits, which take half their length when they are packed.

const (
	uuidLength  = len("00000000-0000-0000-0000-000000000000")
	leastDigits = 16
	maxPrefix   = 3
	maxDigits   = 128
)

// nibbles has for each byte what it stands for as a hexadecimal digit in lower case, or 255.
const (
	no4     = "\xFF\xFF\xFF\xFF"
	no16    = no4 + no4 + no4 + no4
	nibbles = no16 + no16 + no16 +
		"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\xFF\xFF" + no4 +
		no16 + no16 +
		"\xFF\x0A\x0B\x0C\x0D\x0E\x0F\xFF" + no4 + no4 +
		no16 + no16 + no16 + no16 + no16 + no16 + no16 + no16 + no16
)

// dashed tells where a UUID has its dashes.
func dashed(i int) bool { return i == 8 || i == 13 || i == 18 || i == 23 }

// appendHex packs a UUID, or digits behind up to three other characters. Its head tells how to unpack it. It gives false for anything else.
func appendHex(dst []byte, s string) (packed []byte, head uint64, ok bool) {
	from := len(dst)
	if len(s) == uuidLength && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		for i := 0; i < len(s); i += 2 {
			if dashed(i) {
				i++
			}
			a, b := nibbles[s[i]], nibbles[s[i+1]]
			if a|b > 15 {
				return dst[:from], 0, false
			}
			dst = append(dst, a<<4|b)
		}
		return dst, 0, true
	}
	if len(s) < leastDigits || len(s) > maxDigits {
		return dst, 0, false
	}
	prefix := 0
	for i := range min(maxPrefix, len(s)) {
		if nibbles[s[i]] > 15 {
			prefix = i + 1
		}
	}
	prefix += (len(s) - prefix) & 1
	if prefix > maxPrefix {
		return dst, 0, false
	}
	dst = append(dst, s[:prefix]...)
	for i := prefix; i < len(s); i += 2 {
		a, b := nibbles[s[i]], nibbles[s[i+1]]
		if a|b > 15 {
			return dst[:from], 0, false
		}
		dst = append(dst, a<<4|b)
	}
	return dst, uint64((len(s)-prefix)/2)<<2 | uint64(prefix), true
}

// hexSize is how many bytes a packed text takes.
func hexSize(head uint64) int {
	if head == 0 {
		return 16
	}
	return int(head>>2) + int(head&3)
}

const digits = "0123456789abcdef"

// unpackHex appends the text that was packed.
func unpackHex(dst []byte, packed string, head uint64) []byte {
	if head != 0 {
		prefix := int(head & 3)
		dst = append(dst, packed[:prefix]...)
		for i := prefix; i < len(packed); i++ {
			dst = append(dst, digits[packed[i]>>4], digits[packed[i]&15])
		}
		return dst
	}
	for i := range len(packed) {
		switch i {
		case 4, 6, 8, 10:
			dst = append(dst, '-')
		}
		dst = append(dst, digits[packed[i]>>4], digits[packed[i]&15])
	}
	return dst
}
