package export

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taudit/source"
	"taudit/source/audit"
	"taudit/source/store"
)

// The files of a bundle.
const (
	entriesFile  = "entries.jsonl"
	originsFile  = "origins.jsonl"
	marksFile    = "marks.jsonl"
	badFile      = "bad.jsonl"
	manifestFile = "manifest.json"
	sumsFile     = "SHA256SUMS"
)

// Rows are entries in the order of their emit time; [store.Snapshot] and [store.Matches] are such.
type Rows interface {
	Len() int
	At(i int) store.Row
	Find(store.Key) (i int, ok bool)
}

// Evidence is what a bundle is made of.
type Evidence struct {
	About
	Since, Until time.Time
	Seen         time.Time // that relative times of the filter are seen from

	Store    *store.Snapshot // all that was read
	Rows     Rows            // what of it the bundle is about
	Status   []source.Status
	Covered  source.Coverage
	Read     int64
	Outside  int64
	BadCount int64
	Notes    func(audit.ID) (Note, bool) // nil: there are none
}

// originLine says where the entry on a line came from.
type originLine struct {
	Line     int       `json:"line"`
	ID       string    `json:"id"` // [audit.Entry.Identity]
	Source   string    `json:"source"`
	Part     string    `json:"part,omitempty"`
	Position string    `json:"position,omitempty"`
	Arrived  time.Time `json:"arrived,omitzero"`
	Rescued  bool      `json:"rescued,omitempty"`  // from an error record of Firehose
	Conflict bool      `json:"conflict,omitempty"` // another entry has its identity and other bytes
	Joined   bool      `json:"joined,omitempty"`   // it was received on several lines
}

type markLine struct {
	Line   int    `json:"line"`
	ID     string `json:"id"`
	Marked bool   `json:"marked"`
	Note   string `json:"note,omitempty"`
}

// badLine is a stretch of bytes that no entry could be read from.
type badLine struct {
	Source   string    `json:"source"`
	Part     string    `json:"part,omitempty"`
	Position string    `json:"position,omitempty"`
	Arrived  time.Time `json:"arrived,omitzero"`
	Offset   int64     `json:"offset"`
	Size     int       `json:"size"`
	Reason   string    `json:"reason"`
	Raw      []byte    `json:"raw"` // in base64; cut to [audit.MaxBad] bytes
}

// WriteBundle writes a bundle into a directory that is empty or not there, readable by its owner alone, and gives its fingerprint: who
// knows that can tell whether another wrote the whole of it anew. It blocks, for as long as all entries take. When it fails or ctx is
// cancelled it takes away what it wrote.
func WriteBundle(ctx context.Context, dir string, e *Evidence) (m *Manifest, fingerprint string, err error) {
	made, err := vacant(dir)
	if err != nil {
		return nil, "", err
	}
	b := bundle{ctx: ctx, dir: dir, e: e}
	m, fingerprint, err = b.write()
	if err != nil {
		for _, name := range b.written {
			err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
		}
		if made {
			err = errors.Join(err, os.Remove(dir))
		}
		return nil, "", fmt.Errorf("writing the bundle: %w", err)
	}
	return m, fingerprint, nil
}

// vacant makes a directory, or finds it empty.
func vacant(dir string) (made bool, err error) {
	list, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return false, fmt.Errorf("making the directory of the bundle: %w", err)
		}
		return true, nil
	case err != nil:
		return false, fmt.Errorf("a bundle needs a directory: %w", err)
	case len(list) > 0:
		return false, fmt.Errorf("%w: %s is not empty", ErrThere, dir)
	}
	return false, nil
}

// bundle is one that is being written.
type bundle struct {
	ctx     context.Context
	dir     string
	e       *Evidence
	written []string
	sums    []Sum
	m       Manifest
}

func (b *bundle) write() (*Manifest, string, error) {
	e, m := b.e, &b.m
	missing, gaps := absences(&e.Covered)
	*m = Manifest{
		Format: manifestFormat, Tool: "taudit " + e.Version, Made: e.Made.UTC(),
		Filter: e.Filter, Seen: e.Seen.UTC(), Since: e.Since.UTC(), Until: e.Until.UTC(),
		Read: e.Read, Outside: e.Outside, Duplicates: e.Store.Duplicates(), Evicted: e.Store.Evicted(),
		Bad: e.BadCount, BadKept: len(e.Store.Bad()),
		Coverage: e.Covered.String(), Whole: e.Covered.Whole(), Missing: missing, Gaps: gaps, Lost: e.Covered.Lost,
	}
	if err := b.entries(); err != nil {
		return nil, "", err
	}
	found := newRanges()
	for i := range e.Store.Len() {
		if i%1024 == 0 && b.ctx.Err() != nil {
			return nil, "", b.ctx.Err()
		}
		row := e.Store.At(i)
		_, inside := e.Rows.Find(row.Key())
		found.add(row.Origin(), inside)
	}
	m.Sources = found.origins(e.Status)
	m.Files = b.sums
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, "", err
	}
	if err := b.file(manifestFile, string(text)+"\n"); err != nil {
		return nil, "", err
	}
	// The sums come last: a bundle without them was never whole.
	if err := b.file(sumsFile, sumsText(b.sums)); err != nil {
		return nil, "", err
	}
	return m, b.sums[len(b.sums)-1].SHA256, nil
}

// sumsText lists files as sha256sum does, which can check it too.
func sumsText(sums []Sum) string {
	var out strings.Builder
	for _, s := range sums {
		fmt.Fprintf(&out, "%s  %s\n", s.SHA256, s.Name)
	}
	return out.String()
}

// part is a file that is being written and summed up.
type part struct {
	*bufio.Writer
	name string
	file *os.File
	hash hash.Hash
	size counter
}

// open makes a new file of the bundle.
func (b *bundle) open(name string) (*part, error) {
	f, err := os.OpenFile(filepath.Join(b.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	b.written = append(b.written, name)
	p := &part{name: name, file: f, hash: sha256.New()}
	p.Writer = bufio.NewWriterSize(io.MultiWriter(f, p.hash, &p.size), 256<<10)
	return p, nil
}

// close ends a file. before is what went wrong with it already, if anything did.
func (b *bundle) close(p *part, before error) error {
	if err := errors.Join(before, p.Flush(), p.file.Sync(), p.file.Close()); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	b.sums = append(b.sums, Sum{p.name, p.size.bytes, hex.EncodeToString(p.hash.Sum(nil))})
	return nil
}

// file writes a file at once.
func (b *bundle) file(name, text string) error {
	p, err := b.open(name)
	if err != nil {
		return err
	}
	_, err = p.WriteString(text)
	return b.close(p, err)
}

// counter counts bytes and lines.
type counter struct {
	bytes int64
	lines int
}

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += int64(len(p))
	for _, b := range p {
		if b == '\n' {
			c.lines++
		}
	}
	return len(p), nil
}

// entries writes the entries as they were received, beside them where each came from and what a person has put on them, and what could not be
// read as one.
func (b *bundle) entries() error {
	var parts []*part
	var err error
	for _, name := range []string{entriesFile, originsFile, marksFile, badFile} {
		p, failed := b.open(name)
		if failed != nil {
			err = failed
			break
		}
		parts = append(parts, p)
	}
	if err == nil {
		err = b.fill(parts[0], parts[1], parts[2])
	}
	if err == nil {
		err = b.bad(parts[3])
	}
	for _, p := range parts {
		err = b.close(p, err)
	}
	return err
}

func (b *bundle) fill(entries, origins, marks io.Writer) error {
	e, m := b.e, &b.m
	m.Entries.Count = e.Rows.Len()
	var line []byte
	for i := range e.Rows.Len() {
		if i%1024 == 0 && b.ctx.Err() != nil {
			return b.ctx.Err()
		}
		row := e.Rows.At(i)
		entry := row.Entry()
		line = append(appendOneLine(line[:0], entry.Raw), '\n')
		if _, err := entries.Write(line); err != nil {
			return err
		}
		if t := writable(entry.EmitTime); !t.IsZero() {
			if m.Entries.First.IsZero() {
				m.Entries.First = t
			}
			m.Entries.Last = t
		}
		joined := string(line[:len(line)-1]) != entry.Raw
		if joined {
			m.Entries.Joined++
		}
		o, id := entry.Origin, entry.Identity()
		if err := writeLine(origins, originLine{
			Line: i + 1, ID: id.String(), Source: o.Source, Part: o.Part, Position: o.Position, Arrived: writable(o.Arrived),
			Rescued: o.Rescued, Conflict: row.Flags()&store.Conflict != 0, Joined: joined,
		}); err != nil {
			return err
		}
		if e.Notes == nil {
			continue
		}
		if n, ok := e.Notes(id); ok {
			m.Marks++
			if err := writeLine(marks, markLine{i + 1, id.String(), n.Marked, n.Text}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bundle) bad(w io.Writer) error {
	for _, bad := range b.e.Store.Bad() {
		o := bad.Origin
		if err := writeLine(w, badLine{o.Source, o.Part, o.Position, writable(o.Arrived), bad.Offset, bad.Size, bad.Reason, []byte(bad.Raw)}); err != nil {
			return err
		}
	}
	return nil
}

// writable gives a time in UTC; none for one that JSON cannot have.
func writable(t time.Time) time.Time {
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

func writeLine(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
