package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/source"
	"taudit/views/grid"
)

// Teletype is the terminal of the person who runs the program, whatever standard input and output are.
type Teletype interface {
	io.ReadWriter
	Close() error
}

// openTeletype opens the terminal of the process.
func openTeletype() (Teletype, error) {
	in, out, err := tea.OpenTTY()
	if err != nil {
		return nil, err
	}
	return &teletype{in, out}, nil
}

// teletype is a terminal that has a file for each direction, which may be the same.
type teletype struct{ in, out *os.File }

func (t *teletype) Read(p []byte) (int, error)  { return t.in.Read(p) }
func (t *teletype) Write(p []byte) (int, error) { return t.out.Write(p) }

// SetReadDeadline ends a Read, on systems where a terminal can do that.
func (t *teletype) SetReadDeadline(at time.Time) error { return t.in.SetReadDeadline(at) }

func (t *teletype) Close() error {
	err := t.in.Close()
	if t.out != t.in {
		err = errors.Join(err, t.out.Close())
	}
	return err
}

// session is one in which a person can be asked on the terminal, until it is closed. Nothing is opened until something is asked.
func (env *Env) session() *source.Session { return source.NewSession(env.ask) }

// ask writes a question on the terminal and reads a line. Ctrl-C ends it with ctx, as the terminal makes a signal of it: nothing is changed
// about the terminal, so there is nothing to restore.
func (env *Env) ask(ctx context.Context, question string) (string, error) {
	t, err := env.Teletype()
	if err != nil {
		return "", fmt.Errorf("%w (%v)", source.ErrNobody, err)
	}
	type answer struct {
		line string
		err  error
	}
	given := make(chan answer, 1)
	go func() {
		defer t.Close() //nolint:errcheck // the answer is all that is wanted of it
		var a answer
		if _, a.err = io.WriteString(t, grid.Clean(question)); a.err == nil {
			a.line, a.err = bufio.NewReader(t).ReadString('\n')
		}
		if errors.Is(a.err, io.EOF) {
			_, _ = io.WriteString(t, "\n") // what comes next does not stand behind the question
		}
		given <- a
	}()
	select {
	case a := <-given:
		if errors.Is(a.err, io.EOF) && a.line == "" {
			return "", errors.New("no answer was given")
		}
		if a.err != nil && !errors.Is(a.err, io.EOF) {
			return "", fmt.Errorf("asking on the terminal: %w", a.err)
		}
		return strings.TrimSpace(a.line), nil
	case <-ctx.Done():
		// Where a terminal knows no deadline, the goroutine waits for the end of the process, which is near.
		if d, ok := t.(interface{ SetReadDeadline(time.Time) error }); ok {
			_ = d.SetReadDeadline(time.Unix(1, 0))
		}
		return "", ctx.Err()
	}
}
