package filterbar

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLocate(t *testing.T) {
	name := func(prefix string) place { return place{kind: aName, prefix: prefix} }
	value := func(field, prefix string, taken ...string) place {
		return place{kind: aValue, field: field, prefix: prefix, taken: taken}
	}
	for _, c := range []struct {
		text string // | is the cursor
		want place
		cut  string // what a completion replaces
	}{
		{"|", name(""), ""},
		{"op|", name("op"), "op"},
		{"o|p", name("o"), "op"},
		{"|op", name(""), "op"},
		{"op |", name(""), ""},
		{"op:x |", name(""), ""},
		{"op:x | who:y", name(""), ""},
		{"-op|", name("op"), "op"},
		{"(-!prin|", name("prin"), "prin"},
		{"(|", name(""), ""},
		{"- |", name(""), ""},
		{"a OR b|", name("b"), "b"},
		{"a OR|", place{}, ""},
		{"principal.ty|", name("principal.ty"), "principal.ty"},
		{`"free te|xt"`, place{}, ""},
		{`"free te|`, place{}, ""},
		{"/reg|ex/", place{}, ""},
		{"a@b|", place{}, ""},
		{"op|:x", place{kind: aName, prefix: "op", field: "op", closed: true}, "op"},
		{"op:|", value("op", ""), ""},
		{"op:|x", value("op", ""), "x"},
		{"op:| who:y", value("op", ""), ""},
		{"op:Del|", value("op", "Del"), "Del"},
		{"op:Del|eteUser who:x", value("op", "Del"), "DeleteUser"},
		{"op=Del|", value("op", "Del"), "Del"},
		{"op!=Del|", value("op", "Del"), "Del"},
		{"time:>=2h|", value("time", "2h"), "2h"},
		{"time>2h|", value("time", "2h"), "2h"},
		{"time:|>2h", place{}, ""},
		{"-details.spec.name:x|", value("details.spec.name", "x"), "x"},
		{`details."a b".*:x|`, value(`details."a b".*`, "x"), "x"},
		{"op:A,|", value("op", "", "A"), ""},
		{"op:A,B|,C", value("op", "B", "A", "C"), "B"},
		{"op:A|,B", value("op", "A", "B"), "A"},
		{"op:(|", value("op", ""), ""},
		{"op:(|)", value("op", ""), ""},
		{"op:( | )", value("op", ""), ""},
		{"op:(A|", value("op", "A"), "A"},
		{"op:(A|)", value("op", "A"), "A"},
		{"op:(A |", place{}, ""},
		{"op:(A OR|", place{}, ""},
		{"op:(A OR |", value("op", "", "A"), ""},
		{"op:(A OR B| OR C) who:x", value("op", "B", "A", "C"), "B"},
		{"op:(A || |", value("op", "", "A"), ""},
		{"op:(A,B|", value("op", "B", "A"), "B"},
		{"op:(A)|", place{}, ""},
		{"op:(A) |", name(""), ""},
		{`who:"ali|`, value("who", "ali"), `"ali`},
		{`who:"ali| since:2h`, value("who", "ali"), `"ali`},
		{`who:"ali|ce smith" since:2h`, value("who", "ali"), `"alice smith"`},
		{`who:"a\"b\\c|"`, value("who", `a"b\c`), `"a\"b\\c"`},
		{`who:a\ b|`, value("who", "a b"), `a\ b`},
		{"who:/al|ice/", place{}, ""},
		{"who:/al|", value("who", "/al"), "/al"},
		{"arn:aws:iam|", value("arn", "aws:iam"), "aws:iam"},
		{"山田 op:山|田", value("op", "山"), "山田"},
	} {
		before, after, _ := cut2(c.text)
		s := before + after
		got := locate(s, len(before))
		if c.want.kind != nothing && s[got.start:got.end] != c.cut {
			t.Errorf("%s: replaces %q, want %q", c.text, s[got.start:got.end], c.cut)
		}
		got.start, got.end, got.name = 0, 0, 0
		if d := cmp.Diff(c.want, got, cmp.AllowUnexported(place{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.text, d)
		}
	}
}

// cut2 finds the cursor: the last lone bar.
func cut2(s string) (before, after string, ok bool) {
	i := strings.LastIndex(s, "|")
	return s[:i], s[i+1:], true
}
