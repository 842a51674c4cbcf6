package file

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"sort"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"taudit/source/audit"
)

const (
	guardSize = 64 // bytes before the end that are compared to tell a file that grew from one that was written anew
	sniffSize = 512
	// maxHeld is the size of the largest unfinished entry that is waited for, in bytes: package audit reads none that is larger.
	maxHeld = 16 << 20
)

// tracked is one file. It belongs to the lister, and while busy to the worker that reads it.
type tracked struct {
	path  string
	found int64 // its size when it was found, in bytes
	busy  atomic.Bool

	info     fs.FileInfo // when it was last read; nil: never
	changed  time.Time   // when it was last found to have changed
	again    time.Time   // before that it is not read again
	keeping  bool        // stays open, because it may be moved away while it is written
	handle   *os.File    // when keeping
	final    bool        // was moved away: no more will come
	quiet    bool        // what is there at the first look was not asked for
	done     bool        // is in Status.Done
	recorded bool        // is in Status.Records
	said     string      // why it could not be read, as reported

	content
}

// content is what is known of what a file holds. Positions are in the text, which is the file itself unless it is packed.
type content struct {
	packed bool
	framed bool   // the text is an array or a page of one: what it means depends on its start
	resume int64  // where reading begins again when the file has grown; 0 for packed and framed files
	before int64  // what begins before that has been sent
	size   int64  // how much of the file was read
	guard  []byte // the last bytes of that

	// tail is what was made of the end of the file, which may be unfinished. It is sent when no more comes.
	tail     []*audit.Batch
	tailBad  []audit.Bad
	tailSent bool
	hopeless bool // the tail is no entry, whatever comes
}

// holding tells whether an unfinished end waits for its rest.
func (c *content) holding() bool { return len(c.tail)+len(c.tailBad) > 0 && !c.tailSent }

// tail is what was made of an unfinished end.
type tail struct {
	batches []*audit.Batch
	bad     []audit.Bad
}

// takeTail gives the tail to be sent.
func (c *content) takeTail() tail {
	t := tail{c.tail, c.tailBad}
	c.tail, c.tailBad = nil, nil
	return t
}

// open gives the file, and what to do when it has been read.
func (t *tracked) open(system system) (f *os.File, done func(), err error) {
	if t.handle != nil {
		return t.handle, func() {}, nil
	}
	if f, err = system.open(t.path); err != nil {
		return nil, nil, err
	}
	if t.keeping {
		t.handle = f
		return f, func() {}, nil
	}
	return f, func() { _ = f.Close() }, nil // it was only read
}

func (t *tracked) close() {
	if t.handle != nil {
		_ = t.handle.Close() // it was only read
		t.handle = nil
	}
}

// unchanged tells whether a file looks as it did when it was last read.
func (t *tracked) unchanged(info fs.FileInfo) bool {
	return t.info != nil && info.Size() == t.info.Size() && info.ModTime().Equal(t.info.ModTime())
}

// replaced tells how the content is another than the one that was read, empty if it is not.
func (t *tracked) replaced(f *os.File, info fs.FileInfo) string {
	if t.info == nil {
		return ""
	}
	if info.Size() < t.size {
		return fmt.Sprintf("cut from %d to %d bytes", t.size, info.Size())
	}
	have := make([]byte, len(t.guard))
	if n, _ := f.ReadAt(have, t.size-int64(len(have))); n == len(have) && !bytes.Equal(have, t.guard) {
		return "written over"
	}
	return ""
}

// remember keeps the bytes that tell whether the content is still the same.
func (c *content) remember(f *os.File) {
	c.guard = make([]byte, min(guardSize, c.size))
	if n, _ := f.ReadAt(c.guard, c.size-int64(len(c.guard))); n < len(c.guard) {
		c.guard = nil // nothing can be told then
	}
}

// skip passes over what a file holds, if that can be done without reading it.
func (c *content) skip(f *os.File, size int64) bool {
	if c.sniff(f); !c.packed {
		last := make([]byte, min(size, 1<<20))
		n, _ := f.ReadAt(last, size-int64(len(last)))
		line := bytes.LastIndexByte(last[:n], '\n')
		if line < 0 {
			return false // the end may be in the middle of an entry
		}
		size += int64(line) + 1 - int64(len(last))
		c.resume, c.before = size, size
	}
	c.size = size
	c.remember(f)
	return true
}

// sniff finds out what a file holds.
func (c *content) sniff(f *os.File) {
	head := make([]byte, sniffSize)
	n, _ := f.ReadAt(head, 0)
	c.packed = isPacked(head[:n])
	c.framed = !c.packed && isFramed(head[:n])
}

// isFramed tells whether a text begins with an array, or with the keys that stand around one in what the temporal command and the
// Cloud Ops API answer.
func isFramed(head []byte) bool {
	pattern := regexp.MustCompile(`^(\x{feff})?\s*(\[|\{\s*"(logs|AuditLogs|auditLogs|audit_logs|nextPageToken|NextPageToken)"\s*:)`)
	return pattern.Match(head)
}

// isPacked tells whether a file is anything but text. Every compressed form has control characters near its start. A file that is
// shorter than that start may become anything.
func isPacked(head []byte) bool {
	for i := 0; i < len(head); {
		r, size := utf8.DecodeRune(head[i:])
		switch {
		case r == utf8.RuneError && size == 1 && utf8.FullRune(head[i:]):
			return true
		case r < ' ' && r != '\n' && r != '\r' && r != '\t':
			return true
		}
		i += size
	}
	return len(head) < 16
}

// fresh drops what begins before the limit, because it has been sent, and notes that the rest is sent now.
func (c *content) fresh(limit int64, batch *audit.Batch, bad []audit.Bad) (*audit.Batch, []audit.Bad) {
	if batch != nil {
		batch = part(batch, before(batch, limit), batch.Len())
	}
	for len(bad) > 0 && bad[0].Offset < limit {
		bad = bad[1:]
	}
	if batch != nil {
		c.before = max(c.before, batch.Offsets[batch.Len()-1]+1)
	}
	if n := len(bad); n > 0 {
		c.before = max(c.before, bad[n-1].Offset+1)
	}
	return batch, bad
}

// before counts the entries of a batch that begin before an offset.
func before(b *audit.Batch, offset int64) int {
	return sort.Search(b.Len(), func(i int) bool { return b.Offsets[i] >= offset })
}

// part is entries i to j of a batch; nil if that is none.
func part(b *audit.Batch, i, j int) *audit.Batch {
	switch {
	case i == j:
		return nil
	case j-i == b.Len():
		return b
	}
	return b.Slice(i, j)
}

// end notes where a pass ended that read text to the end of the file.
func (c *content) end() {
	if c.framed {
		return
	}
	c.resume = c.size
	for i := range c.tailBad {
		// What is too large for an entry is damage, and looking through it again and again would help nobody.
		c.hopeless = c.hopeless || c.tailBad[i].Size > maxHeld
	}
	if c.hopeless {
		return
	}
	for _, b := range c.tail {
		c.resume = min(c.resume, b.Offsets[0])
	}
	for i := range c.tailBad {
		c.resume = min(c.resume, c.tailBad[i].Offset)
	}
}
