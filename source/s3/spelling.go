package s3

import (
	"strings"
	"time"
)

// Folders are dated in many ways: 2026/11/22/10/, 2026-11-22/, dt=2026-11-22/hour=10/, year=2026/month=11/day=22/. Each folder's name
// is one of these patterns, in which Y, M, D and H stand for digits; in Hive's way it has a key and an equals sign before it. What a
// folder may be depends on how exactly those above it are dated.
var (
	wholePatterns = [...]pattern{
		{"YYYY", yearly},
		{"YYYY-MM", monthly},
		{"YYYY_MM", monthly},
		{"YYYY-MM-DD", daily},
		{"YYYY_MM_DD", daily},
		{"YYYY.MM.DD", daily},
		{"YYYYMMDD", daily},
		{"YYYY-MM-DD-HH", hourly},
		{"YYYY-MM-DDTHH", hourly},
		{"YYYY-MM-DD_HH", hourly},
		{"YYYY_MM_DD_HH", hourly},
		{"YYYYMMDDHH", hourly},
		{"YYYYMMDDTHH", hourly},
		{"YYYYMMDD-HH", hourly},
	}
	partPatterns = [...][]pattern{
		undated: nil,
		yearly:  {{"MM", monthly}, {"MM-DD", daily}},
		monthly: {{"DD", daily}, {"DD-HH", hourly}},
		daily:   {{"HH", hourly}},
		hourly:  nil,
	}
	// lone are the numbers that Hive's keys say what they are of, and that need not have a zero in front: month=1, hour=07.
	lone = [...][2]pattern{
		undated: {},
		yearly:  {{"M", monthly}, {"MM", monthly}},
		monthly: {{"D", daily}, {"DD", daily}},
		daily:   {{"H", hourly}, {"HH", hourly}},
		hourly:  {},
	}
	loneKeys = [...][]string{
		undated: {"year", "yyyy", "yr", "y"},
		yearly:  {"month", "mm", "mon", "mo", "m"},
		monthly: {"day", "dd", "d"},
		daily:   {"hour", "hh", "hr", "h"},
		hourly:  nil,
	}
)

// pattern is a way of writing a date, or a part of one.
type pattern struct {
	text  string
	level level // how exactly it dates
}

// name is the name of a dated folder: what stands before the date in it, and how the date is written.
type name struct {
	key     string // with its equals sign; empty but in Hive's way
	pattern pattern
}

// sorted tells that names of this kind are in the order of time. Numbers that may lack a zero in front are not.
func (n name) sorted() bool { return n.key == "" || n.pattern.text[0] == 'Y' }

// read reads a folder's name inside a folder that is dated as above says.
func read(folder string, above span) (n name, s span, ok bool) {
	if i := strings.IndexByte(folder, '='); i >= 0 {
		n.key, folder = folder[:i+1], folder[i+1:]
	}
	try := func(p pattern) bool {
		if len(p.text) != len(folder) || p.level <= above.level {
			return false
		}
		if s, ok = p.read(folder, above); ok {
			n.pattern = p
		}
		return ok
	}
	for _, p := range wholePatterns {
		if !n.allows(p, above) {
			continue
		}
		if try(p) {
			return n, s, above.level == undated || s.within(above)
		}
	}
	parts := partPatterns[above.level]
	if n.key != "" {
		if parts = nil; n.says(above.level) {
			parts = lone[above.level][:]
		}
	}
	for _, p := range parts {
		if try(p) {
			return n, s, true
		}
	}
	return name{}, span{}, false
}

// allows tells whether a key may stand before a pattern. A number alone is a date only if the key says so.
func (n name) allows(p pattern, above span) bool {
	switch key := strings.ToLower(n.key); {
	case key == "", strings.ContainsAny(p.text, "-_."):
		return true
	case p.level == yearly:
		return n.says(above.level)
	case key == "d=", key == "ds=", key == "ymd=", key == "ymdh=":
		return true
	default:
		return strings.Contains(key, "date") || strings.Contains(key, "day") || strings.Contains(key, "dt") || strings.Contains(key, "hour")
	}
}

// says tells whether the key names what comes below a level: month below a year.
func (n name) says(above level) bool {
	for _, k := range loneKeys[above] {
		if len(n.key) == len(k)+1 && strings.EqualFold(n.key[:len(k)], k) {
			return true
		}
	}
	return false
}

// read reads text, which is as long as the pattern. What the pattern leaves out is as in above.
func (p pattern) read(text string, above span) (span, bool) {
	var year, month, day, hour int
	if above.level != undated {
		year, month, day, hour = above.start.Year(), int(above.start.Month()), above.start.Day(), above.start.Hour()
	} else {
		month, day = 1, 1
	}
	var begun [4]bool
	for i := range len(text) {
		var to *int
		field := 0
		switch p.text[i] {
		case 'Y':
			to, field = &year, 0
		case 'M':
			to, field = &month, 1
		case 'D':
			to, field = &day, 2
		case 'H':
			to, field = &hour, 3
		default:
			if text[i] != p.text[i] {
				return span{}, false
			}
			continue
		}
		if !isDigit(text[i]) {
			return span{}, false
		}
		if !begun[field] {
			*to, begun[field] = 0, true
		}
		*to = *to*10 + int(text[i]-'0')
	}
	if year < 2000 || year > 2199 || month < 1 || month > 12 || day < 1 || hour > 23 {
		return span{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, 0, 0, 0, time.UTC)
	if t.Day() != day {
		return span{}, false
	}
	return span{level: p.level, start: t}, true
}

// write writes t as the pattern says.
func (p pattern) write(b *strings.Builder, t time.Time) {
	for i := 0; i < len(p.text); {
		n := 1
		for i+n < len(p.text) && p.text[i+n] == p.text[i] {
			n++
		}
		value := 0
		switch p.text[i] {
		case 'Y':
			value = t.Year()
		case 'M':
			value = int(t.Month())
		case 'D':
			value = t.Day()
		case 'H':
			value = t.Hour()
		default:
			b.WriteString(p.text[i : i+n])
			i += n
			continue
		}
		const most = 4
		var digits [most]byte
		begin := most
		for ; value > 0 || begin > most-n; value /= 10 {
			begin--
			digits[begin] = byte('0' + value%10)
		}
		b.Write(digits[begin:])
		i += n
	}
}

// dates is what the dated folders say that a path begins with.
type dates struct {
	span
	length int  // of the folders, with their last slash; 0: there are none
	first  name // of the folders
	sorted bool // such paths are in the order of time
}

// datesOf reads the dated folders that a path begins with: YYYY/, YYYY/MM/, dt=YYYY-MM-DD/hour=HH/ and so on. within tells that what
// stands before the path is not a part of the first folder's name, which then may have a key.
func datesOf(path string, within bool) dates {
	d := dates{sorted: true}
	for d.level != hourly {
		end := strings.IndexByte(path[d.length:], '/')
		if end < 0 {
			break
		}
		n, s, ok := read(path[d.length:d.length+end], d.span)
		if !ok || (d.length == 0 && !within && n.key != "") {
			break
		}
		if d.length == 0 {
			d.first = n
		}
		d.span, d.length, d.sorted = s, d.length+end+1, d.sorted && n.sorted()
	}
	return d
}

// folderLike gives the folder of t as the path writes it, as deep as the level says, or less when the path is.
func folderLike(path string, t time.Time, l level) string {
	t = t.UTC()
	var b strings.Builder
	above, length := span{}, 0
	for above.level < l {
		end := strings.IndexByte(path[length:], '/')
		if end < 0 {
			break
		}
		n, s, ok := read(path[length:length+end], above)
		if !ok {
			break
		}
		b.WriteString(n.key)
		n.pattern.write(&b, t)
		b.WriteByte('/')
		above, length = s, length+end+1
	}
	return b.String()
}
