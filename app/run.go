package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
)

// RunOptions are where and how the screen runs.
type RunOptions struct {
	ModelOptions

	Input  io.Reader // nil: the terminal
	Output io.Writer // nil: standard output
	Env    []string  // nil: the process's
}

// grace is how long sources may take to stop after the screen has closed.
const grace = 2 * time.Second

// Run shows feed on the terminal until the person quits or ctx is cancelled, both of which are normal, and stops the feed. It
// restores the terminal before it returns, whatever happened.
func Run(ctx context.Context, feed *Feed, o RunOptions) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		_ = feed.Run(ctx) // what failed is in the feed's state and so on the screen
	}()

	options := []tea.ProgramOption{tea.WithoutSignalHandler(), tea.WithFPS(fallback)}
	if o.Input != nil {
		options = append(options, tea.WithInput(o.Input))
	}
	if o.Output != nil {
		options = append(options, tea.WithOutput(o.Output))
	}
	if o.Env != nil {
		options = append(options, tea.WithEnvironment(o.Env))
	}
	model := NewModel(ctx, feed, o.ModelOptions)
	g := &guard{Model: model, log: feed.log}
	paced := newFrames()
	program := tea.NewProgram(framed{g, paced}, options...)
	paced.lead(program)
	defer paced.end()
	// A program that is killed, as a context of its own would do, closes the terminal while its reader still reads it. One that
	// is asked to quit waits for the reader; it is killed only if it does not answer.
	ended := make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		go program.Quit()
		select {
		case <-ended:
		case <-time.After(grace):
			program.Kill()
		}
	})
	_, err := program.Run()
	close(ended)
	unwatch()
	asked := ctx.Err() != nil
	cancel()
	select {
	case <-fed:
	case <-time.After(grace):
	}
	settledWithin(model.working, grace)
	lost := o.lastMarks()
	if g.defect != nil {
		return errors.Join(g.defect, lost)
	}
	if err == nil || asked && errors.Is(err, tea.ErrProgramKilled) || errors.Is(err, tea.ErrInterrupted) {
		return lost
	}
	return errors.Join(fmt.Errorf("showing the screen: %w", err), lost)
}
