package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"taudit/app/export"
)

const (
	// maxOverLine is how many bytes are put on a clipboard by an escape sequence. Terminals and multiplexers drop longer ones, some of
	// them silently: 100,000 characters of base64 pass all that are known.
	maxOverLine = 74_994

	// maxScreenString is how long a string GNU screen passes on.
	maxScreenString = 768 - 8

	// clipboardPatience is how long a program that keeps the clipboard is waited for.
	clipboardPatience = 2 * time.Second
)

// seat is what is known of where the screen is drawn, from the environment of the program.
type seat struct {
	remote bool // somebody is logged in from elsewhere: the clipboard of this machine is not theirs
	tmux   bool
	socket bool // tmux runs on this machine, and can be asked
	screen bool // GNU screen
	plain  bool // what is between here and the clipboard, if anything, takes the sequence as it is
}

// seatOf reads an environment.
func seatOf(getenv func(string) string) seat {
	term := getenv("TERM")
	t := seat{
		remote: getenv("SSH_TTY") != "" || getenv("SSH_CONNECTION") != "" || getenv("SSH_CLIENT") != "",
		socket: getenv("TMUX") != "",
	}
	t.tmux = t.socket || strings.HasPrefix(term, "tmux")
	// Over SSH nothing but TERM tells of a screen at the other end; tmux of old calls itself so too, and passes over what is for screen.
	t.screen = !t.tmux && (getenv("STY") != "" || strings.HasPrefix(term, "screen"))
	t.plain = !t.screen || getenv("STY") == ""
	return t
}

// sequence is what puts a text on the clipboard of the terminal: OSC 52, wrapped so that a multiplexer passes it on. tmux gets it as it is
// too, since it takes that itself where it is set to.
func (t seat) sequence(text string) string {
	osc := ansi.SetSystemClipboard(text)
	out := ""
	switch {
	case t.tmux:
		out = ansi.TmuxPassthrough(osc)
	case t.screen:
		out = ansi.ScreenPassthrough(osc, maxScreenString)
	}
	if t.plain {
		out += osc
	}
	return out
}

// copier puts texts where a person can paste them from.
type copier struct {
	seat   seat
	native func(text string) error // the clipboard of this machine; nil: there is none
	dir    string                  // for files of what is too long
}

// copiedMsg says what became of a text that was to be copied.
type copiedMsg struct {
	what, how string
	size      int
	sequence  string // to be written to the terminal; empty: it is done
	long      string // the text, when it is too long for the terminal
}

// copy puts a text on a clipboard, or says what to write to the terminal for that. It waits for other programs, for two seconds at
// most.
func (c copier) copy(ctx context.Context, what, text string) copiedMsg {
	done := copiedMsg{what: what, size: len(text)}
	if c.native != nil && !c.seat.remote {
		if err := c.native(text); err == nil {
			done.how = "to the clipboard"
			return done
		}
	}
	if c.seat.socket && tmuxBuffer(ctx, text) == nil {
		done.how = "through tmux"
		return done
	}
	if len(text) > maxOverLine {
		done.long = text
		return done
	}
	done.how, done.sequence = "through the terminal", c.seat.sequence(text)
	switch {
	case c.seat.tmux:
		done.how += ", if tmux is set to pass it on"
	case c.seat.plain && c.seat.screen:
		done.how += ", if screen or tmux passes it on"
	case c.seat.screen:
		done.how += ", if screen passes it on"
	}
	return done
}

// tmuxBuffer gives a text to the tmux that the program runs in. That passes it on to the terminal whether or not it takes sequences of
// programs.
func tmuxBuffer(ctx context.Context, text string) error {
	ctx, cancel := context.WithTimeout(ctx, clipboardPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "tmux", "load-buffer", "-w", "-")
	cmd.Stdin = strings.NewReader(text)
	var told bytes.Buffer
	cmd.Stderr = &told
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("asking tmux: %w: %s", err, strings.TrimSpace(told.String()))
	}
	return nil
}

// file writes a text to a new file that its owner alone can read, and gives its path.
func (c copier) file(name, text string, now time.Time) (path string, err error) {
	dir := c.dir
	if dir == "" {
		dir = os.TempDir()
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making the directory for it: %w", err)
	}
	stem := filepath.Join(dir, "taudit-"+name+"-"+now.UTC().Format("20060102-150405"))
	for n := 1; ; n++ {
		path = stem + ".txt"
		if n > 1 {
			path = fmt.Sprintf("%s-%d.txt", stem, n)
		}
		f, err := export.Create(path, false)
		if errors.Is(err, export.ErrThere) && n < 1000 {
			continue
		}
		if err != nil {
			return "", err
		}
		if _, err := f.WriteString(text); err != nil {
			return "", errors.Join(fmt.Errorf("writing %s: %w", path, err), f.Discard())
		}
		return path, f.Keep()
	}
}

// copied says what became of a text, and writes to the terminal what that needs. For one that is too long it offers a file.
func (m *Model) copied(msg copiedMsg) tea.Cmd {
	m.frame.forget()
	if msg.long != "" {
		ask := fmt.Sprintf("%s has %s, more than terminals take. Write it to a file?", capital(msg.what), bytesOf(msg.size))
		m.await(chord{ask, []choice{{"w", "write the file", ""}, {"any other key", "leave it", ""}}, func(choice) tea.Cmd {
			return m.toFile(msg)
		}})
		return nil
	}
	m.said = fmt.Sprintf("Copied %s, %s, %s.", msg.what, bytesOf(msg.size), msg.how)
	if msg.sequence == "" {
		return nil
	}
	return tea.Raw(msg.sequence)
}

func (m *Model) toFile(msg copiedMsg) tea.Cmd {
	c, now := m.copier, m.now
	return func() tea.Msg {
		name := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r
			}
			return '-'
		}, strings.TrimPrefix(msg.what, "the "))
		path, err := c.file(name, msg.long, now)
		if err != nil {
			return sayMsg("Nothing was written: " + err.Error())
		}
		return sayMsg(fmt.Sprintf("Wrote %s, %s, to %s", msg.what, bytesOf(msg.size), path))
	}
}

// sayMsg is a line above the last that a command of the app asks for.
type sayMsg string
