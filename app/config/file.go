package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"taudit/source/query"
)

const maxConfig = 1 << 20 // bytes

// FilePath is where the configuration belongs: $XDG_CONFIG_HOME/taudit/config.toml, or what stands for it on this system.
func FilePath() string { return filepath.Join(xdg.ConfigHome, "taudit", "config.toml") }

// Kind is what the value of a setting may be.
type Kind uint8

// The kinds of values.
const (
	Text Kind = iota
	Number
	Switch
	List // of texts
)

func (k Kind) String() string {
	return [...]string{"a text in quotes", "a whole number", "true or false", `a list of texts: ["…", "…"]`}[k]
}

// Schema says what may stand in a file.
type Schema struct {
	Settings map[string]Kind            // in [defaults] and in profiles
	Commands map[string]map[string]Kind // in [command.NAME]
	Reserved []string                   // what no profile can be called
}

// Line is where something stands in a file, from 1.
type Line struct{ Line, Column int }

// Value is a setting and where it stands.
type Value struct {
	Texts []string // one, but for a List
	Line
}

// Settings are values by the names of the flags that they stand for.
type Settings map[string]Value

// Profile is a name for sources and the settings that go with them.
type Profile struct {
	Sources  []string
	Settings Settings
	Line
}

// File is a configuration file.
type File struct {
	Path     string // empty: there is none
	Defaults Settings
	Commands map[string]Settings
	Profiles map[string]Profile
	Palette  Settings
	Keys     Settings // by the names of actions
}

// Mistake is something in a file that cannot be meant.
type Mistake struct {
	Path string
	Line
	Text string
}

func (m *Mistake) Error() string {
	if m.Line.Line == 0 {
		return m.Path + ": " + m.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", m.Path, m.Line.Line, m.Column, m.Text)
}

// ReadFile reads a configuration. When it may be missing, it is then empty. The error joins a [Mistake] for everything that is wrong with
// it. It blocks on the file system.
func ReadFile(path string, mayMiss bool, s Schema) (*File, error) {
	text, err := readConfig(path)
	switch {
	case mayMiss && errors.Is(err, fs.ErrNotExist):
		return &File{}, nil
	case err != nil:
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Parse(path, text, s)
}

func readConfig(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxConfig {
		return nil, fmt.Errorf("%s has %d bytes, which no configuration has", path, info.Size())
	}
	return os.ReadFile(path)
}

// Parse reads the text of a configuration: see [ReadFile].
func Parse(path string, text []byte, s Schema) (*File, error) {
	r := reader{schema: s, file: &File{
		Path: path, Defaults: Settings{}, Commands: map[string]Settings{}, Profiles: map[string]Profile{}, Palette: Settings{}, Keys: Settings{},
	}}
	var tree map[string]any
	// A mark that editors of Windows put in front is no part of the text.
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	err := toml.Unmarshal(text, &tree)
	if err == nil {
		r.lines, err = linesOf(text)
	}
	var broken *toml.DecodeError
	switch {
	case errors.As(err, &broken):
		line, column := broken.Position()
		r.wrong(Line{line, column}, "%s", strings.TrimPrefix(broken.Error(), "toml: "))
	case err != nil:
		r.wrong(Line{}, "%s", strings.TrimPrefix(err.Error(), "toml: "))
	default:
		r.read(tree)
	}
	if len(r.mistakes) > 0 {
		slices.SortStableFunc(r.mistakes, func(a, b *Mistake) int {
			if a.Line.Line != b.Line.Line {
				return a.Line.Line - b.Line.Line
			}
			return a.Column - b.Column
		})
		all := make([]error, len(r.mistakes))
		for i, m := range r.mistakes {
			all[i] = m
		}
		return nil, errors.Join(all...)
	}
	return r.file, nil
}

// linesOf finds where each key and table of a text stands, by its path with a zero byte behind each name.
func linesOf(text []byte) (map[string]Line, error) {
	lines := map[string]Line{}
	var p unstable.Parser
	p.Reset(text)
	var table string
	path := func(base string, key unstable.Iterator) string {
		for key.Next() {
			n := key.Node()
			base += string(n.Data) + "\x00"
			if _, known := lines[base]; !known {
				at := p.Shape(n.Raw).Start
				lines[base] = Line{at.Line, at.Column}
			}
		}
		return base
	}
	var value func(base string, n *unstable.Node)
	value = func(base string, n *unstable.Node) {
		base = path(base, n.Key())
		if v := n.Value(); v.Kind == unstable.InlineTable {
			for it := v.Children(); it.Next(); {
				value(base, it.Node())
			}
		}
	}
	for p.NextExpression() {
		switch n := p.Expression(); n.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = path("", n.Key())
		case unstable.KeyValue:
			value(table, n)
		}
	}
	return lines, p.Error()
}

// reader makes a File of a tree of values.
type reader struct {
	schema   Schema
	file     *File
	lines    map[string]Line
	mistakes []*Mistake
}

func (r *reader) wrong(at Line, format string, args ...any) {
	r.mistakes = append(r.mistakes, &Mistake{r.file.Path, at, fmt.Sprintf(format, args...)})
}

func (r *reader) at(path ...string) Line {
	return r.lines[strings.Join(path, "\x00")+"\x00"]
}

func (r *reader) read(tree map[string]any) {
	tables := []string{"command", "defaults", "keys", "palette", "profile"}
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		if !slices.Contains(tables, name) {
			r.unknownTable(name, tree[name], tables)
			continue
		}
		t, ok := r.table(tree[name], name)
		if !ok {
			continue
		}
		switch name {
		case "defaults":
			r.file.Defaults = r.settings(t, r.schema.Settings, name)
		case "command":
			for _, command := range slices.Sorted(maps.Keys(t)) {
				r.command(t[command], command)
			}
		case "profile":
			for _, profile := range slices.Sorted(maps.Keys(t)) {
				r.profile(t[profile], profile)
			}
		case "palette":
			r.file.Palette = r.palette(t)
		case "keys":
			r.file.Keys = r.keys(t)
		}
	}
}

func (r *reader) unknownTable(name string, v any, tables []string) {
	at := r.at(name)
	_, isTable := v.(map[string]any)
	_, setting := r.schema.Settings[name]
	near := query.Nearest(name, tables)
	switch {
	case !isTable && setting:
		r.wrong(at, "%s stands in no table; write [defaults] above it", name)
	case near != "":
		r.wrong(at, "unknown table %q; did you mean %s?", name, near)
	default:
		r.wrong(at, "unknown table %q; there are [defaults], [command.NAME], [profile.NAME], [palette] and [keys]", name)
	}
}

// table takes a value for a table, which it must be.
func (r *reader) table(v any, path ...string) (map[string]any, bool) {
	t, ok := v.(map[string]any)
	if !ok {
		r.wrong(r.at(path...), "%s is a table: write [%s] and its settings below", strings.Join(path, "."), strings.Join(path, "."))
	}
	return t, ok
}

func (r *reader) command(v any, name string) {
	allowed, ok := r.schema.Commands[name]
	if !ok {
		r.wrong(r.at("command", name), "there is no command %q%s", name, meant(name, slices.Sorted(maps.Keys(r.schema.Commands))))
		return
	}
	if t, ok := r.table(v, "command", name); ok {
		r.file.Commands[name] = r.settings(t, allowed, "command", name)
	}
}

func (r *reader) profile(v any, name string) {
	at := r.at("profile", name)
	switch {
	case slices.Contains(r.schema.Reserved, name):
		r.wrong(at, "a profile cannot be called %s, which is a command", name)
		return
	case name == "" || name[0] == '-' || strings.ContainsAny(name, `/\:. `) || strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == 0x7f }):
		r.wrong(at, "a profile cannot be called %q: its name has no spaces, dots, colons or slashes, and does not begin with -", name)
		return
	}
	t, ok := r.table(v, "profile", name)
	if !ok {
		return
	}
	p := Profile{Line: at}
	rest := maps.Clone(t)
	delete(rest, "sources")
	p.Settings = r.settings(rest, r.schema.Settings, "profile", name)
	sources, there := t["sources"]
	texts, ok := textsOf(sources, List)
	switch {
	case !there:
		r.wrong(at, `profile %s names no sources; write sources = ["kinesis://…", "s3://…"]`, name)
	case !ok || len(texts) == 0:
		r.wrong(r.at("profile", name, "sources"), "sources is %s", List)
	}
	p.Sources = texts
	r.file.Profiles[name] = p
}

// settings reads a table of settings, each of which must be allowed.
func (r *reader) settings(t map[string]any, allowed map[string]Kind, path ...string) Settings {
	out := Settings{}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		at := r.at(append(slices.Clone(path), name)...)
		kind, ok := allowed[name]
		if !ok {
			r.wrong(at, "unknown setting %q%s", name, r.meantSetting(name, allowed))
			continue
		}
		texts, ok := textsOf(t[name], kind)
		if !ok {
			r.wrong(at, "%s is %s", name, kind)
			continue
		}
		out[name] = Value{texts, at}
	}
	return out
}

// meantSetting guesses what an unknown setting was to be, or in which table it was to stand.
func (r *reader) meantSetting(name string, allowed map[string]Kind) string {
	dashed := strings.ReplaceAll(strings.TrimLeft(name, "-"), "_", "-")
	if _, ok := allowed[dashed]; ok {
		return "; did you mean " + dashed + "?"
	}
	for _, command := range slices.Sorted(maps.Keys(r.schema.Commands)) {
		if _, ok := r.schema.Commands[command][name]; ok {
			return fmt.Sprintf("; %s belongs to [command.%s]", name, command)
		}
	}
	return meant(name, slices.Sorted(maps.Keys(allowed)))
}

func meant(name string, known []string) string {
	if near := query.Nearest(name, known); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// palette reads texts of any name; whether they are colours is for others to say. A table such as cursor.text is two names joined by a dot.
func (r *reader) palette(t map[string]any) Settings {
	out := Settings{}
	var walk func(t map[string]any, path []string)
	walk = func(t map[string]any, path []string) {
		for _, name := range slices.Sorted(maps.Keys(t)) {
			here := append(slices.Clone(path), name)
			at := r.at(append([]string{"palette"}, here...)...)
			switch v := t[name].(type) {
			case map[string]any:
				walk(v, here)
			case string:
				out[strings.Join(here, ".")] = Value{[]string{v}, at}
			case int64:
				out[strings.Join(here, ".")] = Value{[]string{fmt.Sprint(v)}, at}
			default:
				r.wrong(at, "%s is a colour: \"#rrggbb\", or the number of one", strings.Join(here, "."))
			}
		}
	}
	walk(t, nil)
	return out
}

// keys reads keys, one or a list, by the names of actions; whether they are actions and keys is for others to say.
func (r *reader) keys(t map[string]any) Settings {
	out := Settings{}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		at := r.at("keys", name)
		if one, ok := t[name].(string); ok {
			out[name] = Value{[]string{one}, at}
		} else if list, ok := textsOf(t[name], List); ok {
			out[name] = Value{list, at}
		} else {
			r.wrong(at, `%s is a key or a list of keys: "x" or ["x", "Ctrl-T"]`, name)
		}
	}
	return out
}

// textsOf gives a value as flags have it.
func textsOf(v any, kind Kind) (texts []string, ok bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, kind == Text
	case int64:
		return []string{fmt.Sprint(v)}, kind == Number
	case bool:
		return []string{fmt.Sprint(v)}, kind == Switch
	case []any:
		texts = []string{}
		for _, e := range v {
			s, isText := e.(string)
			if !isText {
				return nil, false
			}
			texts = append(texts, s)
		}
		return texts, kind == List
	}
	return nil, false
}
