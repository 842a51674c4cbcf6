package emulator

import (
	"crypto/md5"
	"encoding/binary"
	"math/bits"
)

// number is an unsigned integer of 192 bits, most significant word first: wide enough for hash keys (128 bits) and
// sequence numbers (188 bits), which Kinesis writes as decimal strings.
type number [3]uint64

// decimalWord is the largest power of ten in a word, and decimalDigits its number of zeros.
const (
	decimalWord   = 10_000_000_000_000_000_000
	decimalDigits = 19
)

// String writes n in decimal without leading zeros.
func (n number) String() string {
	var buf [4 * decimalDigits]byte // 192 bits are at most 58 digits
	at := len(buf)
	for {
		var part uint64
		n, part = n.div(decimalWord)
		last := n == number{}
		for digits := 0; digits < decimalDigits && (!last || part > 0 || digits == 0); digits++ {
			at--
			buf[at] = byte('0' + part%10)
			part /= 10
		}
		if last {
			return string(buf[at:])
		}
	}
}

// parseNumber reads a decimal without sign or leading zeros; false if it is none or does not fit.
func parseNumber(s string) (number, bool) {
	if s == "" || len(s) > 58 || (len(s) > 1 && s[0] == '0') {
		return number{}, false
	}
	var n number
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return number{}, false
		}
		var fits bool
		if n, fits = n.mulAdd(10, uint64(c-'0')); !fits {
			return number{}, false
		}
	}
	return n, true
}

func (n number) div(d uint64) (quotient number, remainder uint64) {
	for i, word := range n {
		quotient[i], remainder = bits.Div64(remainder, word, d)
	}
	return quotient, remainder
}

func (n number) mulAdd(factor, addend uint64) (product number, fits bool) {
	carry := addend
	for i := len(n) - 1; i >= 0; i-- {
		high, low := bits.Mul64(n[i], factor)
		sum, over := bits.Add64(low, carry, 0)
		product[i], carry = sum, high+over
	}
	return product, carry == 0
}

func (n number) add(m number) (sum number) {
	var carry uint64
	for i := len(n) - 1; i >= 0; i-- {
		sum[i], carry = bits.Add64(n[i], m[i], carry)
	}
	return sum
}

func (n number) sub(m number) (difference number) {
	var borrow uint64
	for i := len(n) - 1; i >= 0; i-- {
		difference[i], borrow = bits.Sub64(n[i], m[i], borrow)
	}
	return difference
}

func (n number) less(m number) bool {
	for i := range n {
		if n[i] != m[i] {
			return n[i] < m[i]
		}
	}
	return false
}

// one is the number 1.
func one() number { return number{0, 0, 1} }

// maxHashKey is the highest hash key, 2^128-1.
func maxHashKey() number { return number{0, ^uint64(0), ^uint64(0)} }

// hashOf is the hash key of a partition key: its MD5 as a big-endian number.
func hashOf(partitionKey string) number {
	sum := md5.Sum([]byte(partitionKey))
	return number{0, binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])}
}

// uniformStarts cuts all hash keys into count ranges of equal size, the last taking what is left over, and gives where
// each starts. count is at least 1.
func uniformStarts(count int) []number {
	size, _ := number{1, 0, 0}.div(uint64(count))
	starts := make([]number, count)
	for i := range starts {
		starts[i], _ = size.mulAdd(uint64(i), 0)
	}
	return starts
}
