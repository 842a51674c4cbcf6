package app

import (
	"reflect"
	"sync"
	"time"
	"unsafe"

	tea "charm.land/bubbletea/v2"
)

// Bubble Tea looks at a fixed rate whether there is something new to write: often enough for keys, that alone takes more of a core than a
// quiet log needs; seldom enough for a quiet log, a key waits for its frame. Here it looks when something was drawn, and only then.
const (
	// fallback is the rate where that cannot be had, in frames a second: a key is answered within eight milliseconds.
	fallback = 120

	// soon after it was drawn a view is where Bubble Tea finds it, which takes microseconds; where the machine is so busy that it is
	// not, the look after late finds it.
	soon = 500 * time.Microsecond
	late = 50 * time.Millisecond
)

// framed is a model after whose drawing Bubble Tea looks what there is to write.
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
	f.frames.drew()
	return v
}

// frames tells a program when to look. Its methods may be called from any goroutine.
type frames struct {
	looks chan time.Time // what the program takes for the channel of its ticker

	mu    sync.Mutex
	drawn time.Time // the last time that something was
	timer *time.Timer
	quick bool // the timer goes off soon
	ended bool
}

func newFrames() *frames { return &frames{looks: make(chan time.Time, 1)} }

// lead has a program that does not run yet look when f says so, and tells whether it will. Bubble Tea has no other way to be told: it makes
// a ticker of a fixed rate, unless it finds one that was made before.
func (f *frames) lead(p *tea.Program) bool {
	field := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*time.Ticker]() {
		return false
	}
	ticker := time.NewTicker(time.Hour)
	ticker.Stop()
	ticker.C = f.looks
	*(**time.Ticker)(unsafe.Pointer(field.UnsafeAddr())) = ticker
	return true
}

// drew has what was drawn written.
func (f *frames) drew() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drawn = time.Now()
	if f.quick || f.ended {
		return
	}
	f.quick = true
	if f.timer == nil {
		f.timer = time.AfterFunc(soon, f.look)
	} else {
		f.timer.Reset(soon)
	}
}

// look has the program look, and says when it has to again for what was drawn last.
func (f *frames) look() {
	select {
	case f.looks <- time.Time{}:
	default: // it has not looked since the last time
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.quick = false
	switch since := time.Since(f.drawn); {
	case f.ended:
	case since < soon:
		f.quick = true
		f.timer.Reset(soon)
	case since < late:
		f.timer.Reset(late)
	}
}

// end is for when the program has ended.
func (f *frames) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	if f.timer != nil {
		f.timer.Stop()
	}
}
