package audit

import "encoding/binary"

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

// appendHex packs a UUID, or digits behind up to three other characters. Its head tells how to unpack it. It gives false for anything else.
func appendHex(dst []byte, s string) (packed []byte, head uint64, ok bool) {
	n := len(s)
	if n == uuidLength && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		a, ok0 := eightDigits(eight(s))
		b, ok1 := eightDigits(uint64(four(s[9:])) | uint64(four(s[14:]))<<32)
		c, ok2 := eightDigits(uint64(four(s[19:])) | uint64(four(s[24:]))<<32)
		d, ok3 := eightDigits(eight(s[28:]))
		if !(ok0 && ok1 && ok2 && ok3) {
			return dst, 0, false
		}
		dst = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(dst, a), b)
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(dst, c), d), 0, true
	}
	if n < leastDigits || n > maxDigits {
		return dst, 0, false
	}
	prefix := 0
	for i := range maxPrefix {
		if nibbles[s[i]] > 15 {
			prefix = i + 1
		}
	}
	if prefix += (n - prefix) & 1; prefix > maxPrefix {
		return dst, 0, false
	}
	from := len(dst)
	dst = append(dst, s[:prefix]...)
	i := prefix
	for ; i+8 <= n; i += 8 {
		d, ok := eightDigits(eight(s[i:]))
		if !ok {
			return dst[:from], 0, false
		}
		dst = binary.LittleEndian.AppendUint32(dst, d)
	}
	for ; i < n; i += 2 {
		a, b := nibbles[s[i]], nibbles[s[i+1]]
		if a|b > 15 {
			return dst[:from], 0, false
		}
		dst = append(dst, a<<4|b)
	}
	return dst, uint64((n-prefix)/2)<<2 | uint64(prefix), true
}

// eightDigits packs eight digits, the first of them in the lowest byte, into four bytes.
func eightDigits(w uint64) (uint32, bool) {
	const each = 0x0101010101010101
	letter := w >> 6 & each // letters have that bit, and digits have not
	low := w & (0x0F * each)
	wrong := w&(0xF0*each) ^ (0x30*each + letter*0x30) // 0x3_ for digits, 0x6_ for letters
	wrong |= (low + 6*each + letter*3) & (0x10 * each) // above 9, or above f
	wrong |= ^(low + 0x0F*each) & (letter << 4)        // below a
	v := low + letter*9
	v = (v<<4 | v>>8) & 0x00FF00FF00FF00FF
	v = (v | v>>8) & 0x0000FFFF0000FFFF
	return uint32(v | v>>16), wrong == 0
}

// four are the first four bytes of s.
func four(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
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
