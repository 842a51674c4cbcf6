package app

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"taudit/source"
)

// retryPause is the least time between two times that a person has failed calls made again: a key that is held down must not become a storm.
const retryPause = time.Second

// reconnect has what waits after a failure tried again at once, and opens again what could not go on.
func (m *Model) reconnect() tea.Cmd {
	var waiting int64
	for _, s := range m.state.Status {
		if (s.State == source.Failing || s.State == source.Throttled) && !s.NextRetry.IsZero() {
			waiting++
		}
	}
	over := m.state.Over
	now := m.clock()
	switch {
	case waiting == 0 && len(over) == 0:
		m.said = "Nothing waits to be tried again."
		return nil
	case now.Sub(m.retried) < retryPause && now.Sub(m.retried) >= 0:
		return nil
	}
	m.retried = now
	m.feed.Retry()
	if waiting > 0 {
		m.said = "Trying again at once: " + humanize.Comma(waiting) + " " + plural(waiting, "part") + "."
	}
	if len(over) == 0 {
		return nil
	}
	feed, reopen := m.feed, m.desk.Reopen
	if reopen == nil {
		m.said = strings.Join(over, " and ") + " cannot be opened again here: start taudit anew."
		return nil
	}
	return m.begin("opening "+strings.Join(over, " and "), func(ctx context.Context, _ *job) outcome {
		var failed []error
		for _, name := range over {
			list, err := reopen(ctx, name)
			if err == nil {
				err = feed.Replace(ctx, name, list)
			}
			failed = append(failed, err)
		}
		switch err := errors.Join(failed...); {
		case errors.Is(err, context.Canceled):
			return outcome{said: "Stopped; not all was opened again."}
		case err != nil:
			return outcome{said: "Not opened: " + strings.TrimSuffix(strings.ReplaceAll(err.Error(), "\n", "; "), ".") + "."}
		}
		return outcome{said: "Reading " + strings.Join(over, " and ") + " again."}
	})
}
