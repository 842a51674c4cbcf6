package demo

import (
	"strconv"
	"time"
)

// text builds JSON by appending. Its strings are the account's own names, none of which needs escaping.
type text []byte

func (b *text) comma() {
	if n := len(*b); n > 0 && (*b)[n-1] != '{' && (*b)[n-1] != '[' {
		*b = append(*b, ',')
	}
}

func (b *text) key(k string) {
	b.comma()
	*b = append(*b, '"')
	*b = append(*b, k...)
	*b = append(*b, '"', ':')
}

// str adds a member, unless it is empty: zero values are left out on the wire.
func (b *text) str(k, v string) {
	if v == "" {
		return
	}
	b.key(k)
	b.quote(v)
}

func (b *text) quote(v string) {
	*b = append(*b, '"')
	*b = append(*b, v...)
	*b = append(*b, '"')
}

func (b *text) num(k string, v int) {
	if v == 0 {
		return
	}
	b.key(k)
	*b = strconv.AppendInt(*b, int64(v), 10)
}

func (b *text) yes(k string, v bool) {
	if v {
		b.key(k)
		*b = append(*b, "true"...)
	}
}

func (b *text) object(k string) {
	b.key(k)
	*b = append(*b, '{')
}

func (b *text) array(k string) {
	b.key(k)
	*b = append(*b, '[')
}

func (b *text) item(v string) {
	b.comma()
	b.quote(v)
}

func (b *text) list(k string, v []string) {
	if len(v) == 0 {
		return
	}
	b.array(k)
	for _, s := range v {
		b.item(s)
	}
	b.end(']')
}

// end appends what ends an object or array, or begins one without a name.
func (b *text) end(c ...byte) { *b = append(*b, c...) }

// hex adds a member holding n hexadecimal digits.
func (b *text) hex(k string, n int, d dice) {
	b.key(k)
	*b = append(*b, '"')
	*b = d.hex(*b, n)
	*b = append(*b, '"')
}

// time adds a moment as proto JSON writes it: RFC 3339 in UTC with no, three, six or nine digits of a second. The year has
// four digits.
func (b *text) time(k string, at int64) {
	b.key(k)
	moment := time.Unix(0, at).UTC()
	year, month, date := moment.Date()
	hour, minute, second := moment.Clock()
	*b = append(*b, '"')
	b.digits(year, 1000, '-')
	b.digits(int(month), 10, '-')
	b.digits(date, 10, 'T')
	b.digits(hour, 10, ':')
	b.digits(minute, 10, ':')
	b.digits(second, 10, '.')
	switch nanos := moment.Nanosecond(); {
	case nanos == 0:
		(*b)[len(*b)-1] = 'Z'
	case nanos%1e6 == 0:
		b.digits(nanos/1e6, 100, 'Z')
	case nanos%1e3 == 0:
		b.digits(nanos/1e3, 1e5, 'Z')
	default:
		b.digits(nanos, 1e8, 'Z')
	}
	*b = append(*b, '"')
}

// digits appends a number with its leading zeros, the first digit standing for unit, and what follows it.
func (b *text) digits(n, unit int, behind byte) {
	for ; unit > 0; unit /= 10 {
		*b = append(*b, '0'+byte(n/unit%10))
	}
	*b = append(*b, behind)
}
