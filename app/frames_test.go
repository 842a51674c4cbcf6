package app

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// The library's ticker is not part of what it promises. If this fails after an update of it, keys wait eight milliseconds and an idle
// screen costs what 120 looks a second do; see what it calls the ticker now.
func TestAProgramLooksWhenItIsTold(t *testing.T) {
	f := newFrames()
	t.Cleanup(f.end)
	_, out, o := terminal(t, ModelOptions{})
	p := tea.NewProgram(framed{counting{}, f}, tea.WithInput(o.Input), tea.WithOutput(o.Output), tea.WithEnvironment(o.Env), tea.WithContext(t.Context()), tea.WithWindowSize(80, 24))
	if !f.lead(p) {
		t.Fatal("this program has a ticker that is not known")
	}
	go func() {
		for range 3 {
			p.Send(tea.KeyPressMsg{Code: 'a', Text: "a"})
		}
		for !strings.Contains(out.String(), "THREE") {
			time.Sleep(time.Millisecond)
		}
		p.Quit()
	}()
	if _, err := p.Run(); err != nil {
		t.Fatal(err)
	}
}

func TestLooksFollowADrawing(t *testing.T) {
	f := newFrames()
	f.drew()
	f.drew()
	<-f.looks
	<-f.looks // late
	f.drew()
	<-f.looks
	f.look() // with nobody who takes them
	f.look()
	f.end()
	f.drew()
	f.look()
	f.mu.Lock() // a look that was under way when it ended may still be
	defer f.mu.Unlock()
	if f.quick {
		t.Error("a look is due after the end")
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

func (c counting) View() tea.View { return tea.NewView([]string{"", "one", "two", "THREE"}[c.n]) }

func TestAFramedModelIsTheOneInside(t *testing.T) {
	inner := counting{}
	m, cmd := framed{inner, newFrames()}.Update(tea.KeyPressMsg{Code: 'a', Text: "a"})
	if cmd != nil || m.View().Content != "one" {
		t.Errorf("after a key the view is %q", m.View().Content)
	}
}
