package app

import (
	"reflect"
	"sync"
	"time"
	"unsafe"

	tea "charm.land/bubbletea/v2"
)

// Bubble Tea looks for something new to write at a fixed rate: often enough for keys, that alone takes more of a core than a quiet
// log needs; seldom enough for a quiet log, a key waits for its frame.
const (
	// fallback is the rate where it cannot be changed, in frames a second: a key is answered within eight milliseconds.
	fallback = 120

	soon   = time.Millisecond       // the time between two looks after something was drawn,
	linger = 3 * time.Millisecond   // how long that lasts,
	seldom = 250 * time.Millisecond // and the time between two looks otherwise
)

// framed is a model after whose drawing Bubble Tea looks at once what there is to write, and seldom while nothing is drawn.
type framed struct {
	tea.Model
	frames *frames
}

func (f framed) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m, cmd := f.Model.Update(msg)
	return framed{m, f.frames}, cmd
}

func (f framed) View() tea.View {
	v := f.Model.View()
	f.frames.quicken()
	return v
}

// frames quickens and slows the ticker of a program. Its methods may be called from any goroutine.
type frames struct {
	program *tea.Program

	mu     sync.Mutex
	ticker *time.Ticker
	quick  bool
	drawn  time.Time // the last time that something was
	slower *time.Timer
}

// quicken has what is drawn now written within a millisecond or two.
func (f *frames) quicken() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ticker == nil {
		// It is there as soon as the first view is asked for, and stays the same.
		if f.ticker = tickerOf(f.program); f.ticker == nil {
			return
		}
	}
	f.drawn = time.Now()
	if f.quick {
		return
	}
	f.quick = true
	f.ticker.Reset(soon)
	if f.slower == nil {
		f.slower = time.AfterFunc(linger, f.slow)
	} else {
		f.slower.Reset(linger)
	}
}

// slow ends the quick time, unless something was drawn that may not have been looked at.
func (f *frames) slow() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ticker == nil {
		return
	}
	if rest := linger - time.Since(f.drawn); rest > 0 {
		f.slower.Reset(rest)
		return
	}
	f.quick = false
	f.ticker.Reset(seldom)
}

// end leaves the ticker as it is, for when the program has ended.
func (f *frames) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.slower != nil {
		f.slower.Stop()
	}
	f.ticker, f.program = nil, nil
}

// tickerOf gives the ticker by which a running program writes its frames, or nil if it has none of that name. Bubble Tea has no
// other way to be told when to look: its rate is set once.
func tickerOf(p *tea.Program) *time.Ticker {
	if p == nil {
		return nil
	}
	field := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*time.Ticker]() {
		return nil
	}
	return *(**time.Ticker)(unsafe.Pointer(field.UnsafeAddr()))
}
