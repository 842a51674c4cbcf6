package demo

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"time"
)

// The streams of randomness drawn from one seed. Each part has its own, so that a change in one leaves the others' draws
// alone.
const (
	streamWorld uint64 = iota + 1
	streamPlan
	streamStory
	streamDelivery
	streamNames
	streamPace
)

// dice draws everything that is left to chance. PCG is specified, so the same seed gives the same draws on every machine.
type dice struct{ *rand.Rand }

func newDice(seed, stream uint64) dice { return dice{rand.New(rand.NewPCG(seed, stream))} }

func (d dice) chance(p float64) bool { return d.Float64() < p }

func (d dice) between(from, to time.Duration) time.Duration {
	return from + time.Duration(d.Int64N(int64(to-from)+1))
}

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

const (
	hexDigits    = "0123456789abcdef"
	tokenLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
)

// hex appends n hexadecimal digits.
func (d dice) hex(b []byte, n int) []byte {
	for n > 0 {
		v := d.Uint64()
		for range min(n, 16) {
			b = append(b, hexDigits[v&15])
			v >>= 4
		}
		n -= 16
	}
	return b
}

// token appends n letters as API key IDs are made of.
func (d dice) token(b []byte, n int) []byte {
	for n > 0 {
		v := d.Uint64()
		for range min(n, 10) {
			b = append(b, tokenLetters[v&63])
			v >>= 6
		}
		n -= 10
	}
	return b
}

// uuid appends a random UUID (RFC 9562, version 4).
func (d dice) uuid(b []byte) []byte {
	hi, lo := d.Uint64(), d.Uint64()
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(3<<62) | 2<<62
	var u [16]byte
	binary.BigEndian.PutUint64(u[:8], hi)
	binary.BigEndian.PutUint64(u[8:], lo)
	b = hex.AppendEncode(b, u[:4])
	b = hex.AppendEncode(append(b, '-'), u[4:6])
	b = hex.AppendEncode(append(b, '-'), u[6:8])
	b = hex.AppendEncode(append(b, '-'), u[8:10])
	return hex.AppendEncode(append(b, '-'), u[10:])
}

func (d dice) uuidString() string {
	var b [36]byte
	return string(d.uuid(b[:0]))
}

func (d dice) hexString(n int) string   { return string(d.hex(nil, n)) }
func (d dice) tokenString(n int) string { return string(d.token(nil, n)) }

// wheel picks an index with a chance proportional to its weight.
type wheel []float64 // running sums

func (w *wheel) add(weight float64) {
	var sum float64
	if n := len(*w); n > 0 {
		sum = (*w)[n-1]
	}
	*w = append(*w, sum+weight)
}

func (w wheel) total() float64 {
	if len(w) == 0 {
		return 0
	}
	return w[len(w)-1]
}

func (w wheel) spin(d dice) int {
	x := d.Float64() * w.total()
	lo, hi := 0, len(w)-1
	for lo < hi {
		if mid := (lo + hi) / 2; w[mid] > x {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}
