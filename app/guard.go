package app

import (
	"fmt"
	"log/slog"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"
)

// guard is a model that ends in order when the one inside it panics: the terminal is restored, the log has the stack, and the
// person is told in a sentence instead of a stack trace.
type guard struct {
	tea.Model
	log    *slog.Logger
	defect *defect
}

// defect is a panic that was caught.
type defect struct{ cause any }

func (d *defect) Error() string {
	return fmt.Sprintf("taudit stopped because of a defect in it (%v). Nothing was changed or lost where the entries come from; start it again with "+
		"--log FILE and report what the file says", d.cause)
}

// defectMsg says that a command panicked.
type defectMsg struct{ cause any }

func (g *guard) Init() (cmd tea.Cmd) {
	defer g.catch(&cmd)
	return g.wrap(g.Model.Init())
}

func (g *guard) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	m = g
	if d, ok := msg.(defectMsg); ok {
		g.fail(d.cause)
	}
	if g.defect != nil {
		return g, tea.Quit
	}
	defer g.catch(&cmd)
	_, cmd = g.Model.Update(msg)
	return g, g.wrap(cmd)
}

func (g *guard) View() (v tea.View) {
	if g.defect != nil {
		return tea.View{}
	}
	defer func() {
		if p := recover(); p != nil {
			g.note(p)
			v = tea.View{} // the next message ends the program
		}
	}()
	return g.Model.View()
}

// catch turns a panic into the end of the program.
func (g *guard) catch(cmd *tea.Cmd) {
	if p := recover(); p != nil {
		g.note(p)
		*cmd = tea.Quit
	}
}

// note keeps the first defect; it is called while the panic is being recovered from, so that the stack is its own.
func (g *guard) note(cause any) {
	g.log.Error("panic", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
	g.fail(cause)
}

func (g *guard) fail(cause any) {
	if g.defect == nil {
		g.defect = &defect{cause}
	}
}

// wrap gives a command, and whatever commands come of it, that does not panic: commands run on goroutines of their own.
func (g *guard) wrap(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if p := recover(); p != nil {
				g.log.Error("panic in a command", "cause", fmt.Sprint(p), "stack", string(debug.Stack()))
				msg = defectMsg{p}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			wrapped := make(tea.BatchMsg, len(batch))
			for i, c := range batch {
				wrapped[i] = g.wrap(c)
			}
			return wrapped
		}
		return msg
	}
}
