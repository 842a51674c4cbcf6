package export

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"taudit/source/audit"
)

// redacted stands in the place of a value.
const redacted = "[redacted]"

// Redactor replaces the values at chosen paths of entries. It is not for concurrent use.
type Redactor struct {
	rules   []rule
	key     []byte
	decoder *audit.Decoder
}

// rule is a path of which all values at or below it are replaced.
type rule struct {
	text  string
	steps []step
	used  bool
}

// step is a key, folded, or any.
type step struct {
	key string
	any bool
}

// NewRedactor makes a redactor of dotted paths as filters have them: principal.name, details.spec.*, x_forwarded_for. Names are compared
// without case and _, so that all spellings of an entry are one; details is both details and raw_details; * is any key, a key that
// holds a dot stands in quotes, and arrays add nothing to a path. With a key, a value becomes a pseudonym that is the same for the same value and
// key, and that nobody can guess who does not have the key; without one it becomes "[redacted]".
func NewRedactor(paths []string, key []byte) (*Redactor, error) {
	r := &Redactor{key: key, decoder: audit.NewDecoder()}
	for _, text := range paths {
		steps, err := parsePath(text)
		if err != nil {
			return nil, err
		}
		r.rules = append(r.rules, rule{text: text, steps: steps})
	}
	return r, nil
}

// ParseRules reads a file of paths, one a line; what stands behind a # is not one.
func ParseRules(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// parsePath reads a dotted path.
func parsePath(text string) (steps []step, err error) {
	for rest := text; ; {
		var name string
		var st step
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			var closed bool
			if name, rest, closed = strings.Cut(quoted, `"`); !closed {
				return nil, fmt.Errorf("%q is no path: a quote is not closed", text)
			}
			if rest != "" && rest[0] != '.' {
				return nil, fmt.Errorf("%q is no path: a dot is missing behind a quote", text)
			}
		} else {
			i := strings.IndexByte(rest+".", '.')
			name, rest = rest[:i], rest[i:]
			st.any = name == "*"
		}
		if name == "" {
			return nil, fmt.Errorf("%q is no path of names joined by dots, such as principal.name or details.spec.*", text)
		}
		if st.key = foldKey(name); len(steps) == 0 && st.key == "rawdetails" {
			st.key = "details"
		}
		steps = append(steps, st)
		if rest == "" {
			return steps, nil
		}
		rest = rest[1:]
	}
}

// foldKey makes snake_case and camelCase one.
func foldKey(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// Unused gives the paths that no entry had a value at: they may be mistyped.
func (r *Redactor) Unused() []string {
	var out []string
	for _, rule := range r.rules {
		if !rule.used {
			out = append(out, rule.text)
		}
	}
	return out
}

// Redact gives an entry without the values that are not to be seen. All other bytes stay as they were received, but for a comma too many
// that is no JSON.
func (r *Redactor) Redact(of Record) (Record, error) {
	e := of.Entry()
	raw, err := r.text(e.JSON())
	if err != nil {
		return nil, fmt.Errorf("an entry could not be redacted, so it was not written: %w", err)
	}
	return veiled{r.decoder.Again(raw, e.Origin), e.Identity()}, nil
}

// veiled is an entry that was redacted. Its identity is that of the entry as it was.
type veiled struct {
	entry audit.Entry
	id    audit.ID
}

func (v veiled) Raw() string        { return v.entry.Raw }
func (v veiled) Entry() audit.Entry { return v.entry }
func (v veiled) Identity() audit.ID { return v.id }

// text replaces values in a JSON text.
func (r *Redactor) text(raw string) (string, error) {
	d := jsontext.NewDecoder(strings.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var out strings.Builder
	from := 0
	var path []string
	var arrays []bool // for every open container
	key := true       // a name comes next, in an object
	for {
		kind := d.PeekKind()
		inObject := len(arrays) > 0 && !arrays[len(arrays)-1]
		switch kind {
		case 0:
			if _, err := d.ReadToken(); !errors.Is(err, io.EOF) || len(arrays) > 0 {
				return "", fmt.Errorf("it is no JSON: %w", err)
			}
			out.WriteString(raw[from:])
			return out.String(), nil
		case '{', '[':
			if _, err := d.ReadToken(); err != nil {
				return "", err
			}
			arrays = append(arrays, kind == '[')
			key = true
			continue
		case '}', ']':
			if _, err := d.ReadToken(); err != nil {
				return "", err
			}
			arrays = arrays[:len(arrays)-1]
		default:
			if inObject && key {
				name, err := d.ReadToken()
				if err != nil {
					return "", err
				}
				path, key = append(path, foldKey(name.String())), false
				continue
			}
			value, err := d.ReadValue()
			if err != nil {
				return "", err
			}
			if kind != 'n' && r.meant(path) {
				end := int(d.InputOffset())
				out.WriteString(raw[from : end-len(value)])
				from = end
				if out.WriteByte('"'); r.key == nil {
					out.WriteString(redacted)
				} else {
					out.WriteString(r.pseudonym(kind, value))
				}
				out.WriteByte('"')
			}
		}
		// A value is over: its name goes.
		if len(arrays) > 0 && !arrays[len(arrays)-1] {
			if len(path) > 0 {
				path = path[:len(path)-1]
			}
			key = true
		}
	}
}

// pseudonym stands for a value, and for the same one everywhere.
func (r *Redactor) pseudonym(kind jsontext.Kind, value jsontext.Value) string {
	text := []byte(value)
	if kind == '"' {
		if plain, err := jsontext.AppendUnquote(nil, value); err == nil {
			text = plain
		}
	}
	h := hmac.New(sha256.New, r.key)
	h.Write(text)
	return "redacted-" + hex.EncodeToString(h.Sum(nil)[:8])
}

// meant tells whether a value is to be replaced.
func (r *Redactor) meant(path []string) bool {
	found := false
	for i := range r.rules {
		if r.rules[i].means(path) {
			r.rules[i].used, found = true, true
		}
	}
	return found
}

func (r *rule) means(path []string) bool {
	if len(path) < len(r.steps) {
		return false
	}
	for i, st := range r.steps {
		have := path[i]
		if i == 0 && have == "rawdetails" {
			have = "details"
		}
		if !st.any && st.key != have {
			return false
		}
	}
	return true
}

// Redacted writes records in a format as a redactor leaves them.
func Redacted(f Format, r *Redactor) Format {
	if len(r.rules) == 0 {
		return f
	}
	return redacting{f, r}
}

type redacting struct {
	Format
	redactor *Redactor
}

func (f redacting) Write(r Record) error {
	r, err := f.redactor.Redact(r)
	if err != nil {
		return err
	}
	return f.Format.Write(r)
}

// Close is for formats that have something to say at the end.
func (f redacting) Close(a About) error {
	if c, ok := f.Format.(Closer); ok {
		return c.Close(a)
	}
	return nil
}
