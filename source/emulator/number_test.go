package emulator

import (
	"crypto/md5"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func bigOf(n number) *big.Int {
	v := new(big.Int)
	for _, word := range n {
		v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(word))
	}
	return v
}

func TestNumberMatchesBig(t *testing.T) {
	modulus := new(big.Int).Lsh(big.NewInt(1), 192)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.Uint64(), rapid.SampledFrom([]uint64{0, 1, ^uint64(0), decimalWord, decimalWord - 1}))
		draw := func(name string) number {
			return number{word.Draw(t, name), word.Draw(t, name), word.Draw(t, name)}
		}
		a, b := draw("a"), draw("b")
		if got, want := a.String(), bigOf(a).String(); got != want {
			t.Fatalf("%x is %s, want %s", a, got, want)
		}
		if back, ok := parseNumber(a.String()); !ok || back != a {
			t.Fatalf("%s reads as %x, %v, want %x", a, back, ok, a)
		}
		sum := new(big.Int).Add(bigOf(a), bigOf(b))
		if got, want := bigOf(a.add(b)), sum.Mod(sum, modulus); got.Cmp(want) != 0 {
			t.Fatalf("%s + %s = %s, want %s", a, b, got, want)
		}
		difference := new(big.Int).Sub(bigOf(a), bigOf(b))
		if got, want := bigOf(a.sub(b)), difference.Mod(difference, modulus); got.Cmp(want) != 0 {
			t.Fatalf("%s - %s = %s, want %s", a, b, got, want)
		}
		if got, want := a.less(b), bigOf(a).Cmp(bigOf(b)) < 0; got != want {
			t.Fatalf("%s < %s is %v", a, b, got)
		}
		d := max(word.Draw(t, "divisor"), 1)
		q, r := a.div(d)
		wantQ, wantR := new(big.Int).QuoRem(bigOf(a), new(big.Int).SetUint64(d), new(big.Int))
		if bigOf(q).Cmp(wantQ) != 0 || r != wantR.Uint64() {
			t.Fatalf("%s / %d = %s, %d, want %s, %s", a, d, q, r, wantQ, wantR)
		}
		product, fits := a.mulAdd(d, 7)
		want := new(big.Int).Mul(bigOf(a), new(big.Int).SetUint64(d))
		want.Add(want, big.NewInt(7))
		if fits != (want.Cmp(modulus) < 0) || bigOf(product).Cmp(new(big.Int).Mod(want, modulus)) != 0 {
			t.Fatalf("%s * %d + 7 = %s, %v, want %s", a, d, product, fits, want)
		}
	})
}

func TestParseNumberRefuses(t *testing.T) {
	tooBig := new(big.Int).Lsh(big.NewInt(1), 192).String()
	for _, s := range []string{"", "-1", "+1", "01", "00", " 1", "1 ", "1a", "٣", tooBig, tooBig + "0"} {
		if n, ok := parseNumber(s); ok {
			t.Errorf("%q reads as %s", s, n)
		}
	}
	if n, ok := parseNumber("0"); !ok || n != (number{}) {
		t.Errorf("0 reads as %s, %v", n, ok)
	}
}

func TestHashOfIsMD5(t *testing.T) {
	for _, key := range []string{"", "a", "partitionKey", "schlüssel"} {
		sum := md5.Sum([]byte(key))
		if got, want := bigOf(hashOf(key)), new(big.Int).SetBytes(sum[:]); got.Cmp(want) != 0 {
			t.Errorf("hash of %q is %s, want %s", key, got, want)
		}
	}
}

func TestUniformStarts(t *testing.T) {
	// What the service gave for streams of these sizes.
	for _, c := range []struct {
		shards int
		second string
	}{
		{2, "170141183460469231731687303715884105728"},
		{3, "113427455640312821154458202477256070485"},
		{4, "85070591730234615865843651857942052864"},
	} {
		starts := uniformStarts(c.shards)
		if len(starts) != c.shards || starts[0] != (number{}) || starts[1].String() != c.second {
			t.Errorf("%d shards start at %v", c.shards, starts)
		}
	}
}
