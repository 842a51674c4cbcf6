package s3

import (
	"context"
	"io"
	"runtime"
	"sync"

	"golang.org/x/sync/semaphore"

	"taudit/source/audit"
)

// shareOf is how many objects that are streamed fit into the memory for objects. One that is no larger than such a share is
// fetched whole before it is decoded, so that a slow network keeps no decoder waiting.
const shareOf = 16

// memory bounds what objects under way may take, in bytes. Any number of goroutines use it.
type memory struct {
	bytes *semaphore.Weighted
	size  int64

	decoding chan struct{} // holds a token for each object that is being decoded after it was fetched
	mu       sync.Mutex
	desks    []*desk  // idle; the last one was used last, and what it knows is still near the processor
	buffers  [][]byte // the same

	vocabulary *audit.Vocabulary
}

// desk is what one goroutine decodes with.
type desk struct {
	decoder *audit.Decoder
	packer  *audit.Packer
}

func newMemory(size int64, v *audit.Vocabulary) *memory {
	if v == nil {
		v = audit.NewVocabulary()
	}
	return &memory{
		bytes: semaphore.NewWeighted(size), size: size, decoding: make(chan struct{}, runtime.GOMAXPROCS(0)), vocabulary: v,
	}
}

func (m *memory) share() int64 { return max(1, m.size/shareOf) }

// take waits for room for some objects, and gives how much it got.
func (m *memory) take(ctx context.Context, run []object) (int64, error) {
	n := int64(0)
	for _, o := range run {
		n += o.size
	}
	n = min(max(n, 1), m.share())
	return n, m.bytes.Acquire(ctx, n)
}

// enlarge makes so much room of what was taken. It fails with the error of ctx, and has then nothing.
func (m *memory) enlarge(ctx context.Context, taken *int64, n int64) error {
	// Holding on to what is there while waiting for more, several would wait for each other.
	m.bytes.Release(*taken)
	*taken = 0
	if err := m.bytes.Acquire(ctx, n); err != nil {
		return err
	}
	*taken = n
	return nil
}

// desk gives something to decode with, once no more than there are processors are in use for what was fetched.
func (m *memory) desk(ctx context.Context, fetched bool) (d *desk, release func(), err error) {
	if fetched {
		select {
		case m.decoding <- struct{}{}:
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
	m.mu.Lock()
	if n := len(m.desks); n > 0 {
		d, m.desks = m.desks[n-1], m.desks[:n-1]
	}
	m.mu.Unlock()
	if d == nil {
		d = m.newDesk()
	}
	return d, func() {
		m.mu.Lock()
		m.desks = append(m.desks, d)
		m.mu.Unlock()
		if fetched {
			<-m.decoding
		}
	}, nil
}

func (m *memory) newDesk() *desk {
	return &desk{audit.NewDecoder(), audit.NewPacker(m.vocabulary)}
}

// buffer gives n bytes.
func (m *memory) buffer(n int64) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if last := len(m.buffers) - 1; last >= 0 {
		b := m.buffers[last]
		m.buffers = m.buffers[:last]
		if int64(cap(b)) >= n {
			return b[:n]
		}
	}
	return make([]byte, n, max(n, 32<<10))
}

// reuse takes a buffer back. Large ones are not kept, since few objects are large where most are not.
func (m *memory) reuse(b []byte) {
	if cap(b) > 256<<10 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.buffers = append(m.buffers, b)
}

// fetched is a body that is there, and how it ended.
type fetched struct {
	rest []byte
	err  error
}

func (f *fetched) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		return 0, f.err
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

var _ io.Reader = (*fetched)(nil)
