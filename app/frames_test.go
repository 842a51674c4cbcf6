package app

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// The library's ticker is not part of what it promises. If this fails after an update of it, keys wait eight milliseconds and an idle
// screen costs what 120 looks a second do; see what it calls the ticker now.
func TestTheTickerOfAProgramIsFound(t *testing.T) {
	_, _, o := terminal(t, ModelOptions{})
	found := make(chan *time.Ticker, 1)
	p := tea.NewProgram(fragile{}, tea.WithInput(o.Input), tea.WithOutput(o.Output), tea.WithEnvironment(o.Env), tea.WithContext(t.Context()),
		tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg { return msg }))
	if tickerOf(nil) != nil || tickerOf(p) != nil {
		t.Error("a ticker before the program runs")
	}
	go func() {
		p.Send(nil) // the event loop has begun, and so has the ticker
		found <- tickerOf(p)
		p.Quit()
	}()
	if _, err := p.Run(); err != nil {
		t.Fatal(err)
	}
	if <-found == nil {
		t.Error("no ticker")
	}
}

func TestFramesAreQuickAfterADrawingAndSeldomOtherwise(t *testing.T) {
	f := &frames{ticker: time.NewTicker(time.Hour)}
	t.Cleanup(f.ticker.Stop)
	f.quicken()
	f.quicken()
	<-f.ticker.C // within a millisecond, where it would have been an hour
	for {
		f.mu.Lock()
		quick := f.quick
		f.mu.Unlock()
		if !quick {
			break
		}
		time.Sleep(time.Millisecond)
	}
	f.quicken()
	<-f.ticker.C
	f.end()
	f.slow() // a timer that was on its way
	if f.quicken(); f.ticker != nil {
		t.Error("a ticker after the end")
	}
}

// counting counts how often it is drawn, and says so.
type counting struct{ n int }

func (c counting) Init() tea.Cmd { return nil }

func (c counting) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		c.n++
	}
	return c, nil
}

func (c counting) View() tea.View { return tea.NewView(strings.Repeat("x", c.n)) }

func TestAFramedModelIsTheOneInside(t *testing.T) {
	inner := counting{}
	m, cmd := framed{inner, &frames{}}.Update(tea.KeyPressMsg{Code: 'a', Text: "a"})
	if cmd != nil || m.View().Content != "x" {
		t.Errorf("after a key the view is %q", m.View().Content)
	}
}
