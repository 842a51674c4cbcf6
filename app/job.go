package app

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"taudit/views"
)

// job is something that a person asked for and that takes its time, off the UI goroutine. There is one at a time.
type job struct {
	number int
	doing  string       // "writing x.jsonl"
	done   atomic.Int64 // of whole
	whole  atomic.Int64 // 0: not known
	cancel context.CancelFunc
	told   bool // it takes long enough to be mentioned
}

// outcome is what became of a job. Then is called on the UI goroutine, and may be nil.
type outcome struct {
	said string
	then func(m *Model) tea.Cmd
}

// jobMsg says that a job has ended; jobTick, that it may have come on.
type (
	jobMsg struct {
		number int
		outcome
	}
	jobTick int
)

// jobPace is how often it is told how far a job has come, the first time too: what takes less is done before anybody has read it.
const jobPace = 300 * time.Millisecond

// begin starts a job.
func (m *Model) begin(doing string, do func(ctx context.Context, j *job) outcome) tea.Cmd {
	if m.job != nil {
		m.said = "Taudit is still " + m.job.doing + "; " + m.keys.names(views.Close) + " stops that."
		return nil
	}
	ctx, cancel := context.WithCancel(m.ctx)
	m.jobs++
	j := &job{number: m.jobs, doing: doing, cancel: cancel}
	m.job = j
	m.working.Add(1)
	return tea.Batch(func() tea.Msg {
		defer m.working.Done()
		defer cancel()
		return jobMsg{j.number, do(ctx, j)}
	}, m.after(jobPace, jobTick(j.number)))
}

// finished shows what became of a job.
func (m *Model) finished(msg jobMsg) tea.Cmd {
	if m.job == nil || m.job.number != msg.number {
		return nil
	}
	m.job = nil
	m.frame.forget()
	if msg.said != "" {
		m.said = msg.said
	}
	if msg.then != nil {
		return msg.then(m)
	}
	return nil
}

// progressed shows how far a job has come.
func (m *Model) progressed(number int) tea.Cmd {
	if m.job == nil || m.job.number != number {
		return nil
	}
	m.job.told = true
	m.frame.forget()
	return m.after(jobPace, jobTick(number))
}

// shown gives the job in words.
func (j *job) shown() string {
	text := "taudit is " + j.doing
	if whole := j.whole.Load(); whole > 0 {
		text += ", " + fmt.Sprintf("%d %%", 100*j.done.Load()/whole)
	}
	return text
}

// drop stops the job that is under way, if there is one.
func (m *Model) drop() bool {
	if m.job == nil {
		return false
	}
	m.job.cancel()
	return true
}

// settledWithin waits until the jobs have ended whose context has, for some time at most: what they wrote in part is taken away.
func settledWithin(working *sync.WaitGroup, most time.Duration) {
	ended := make(chan struct{})
	go func() {
		working.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(most):
	}
}

// question is something that only a person can decide. Anything but y and Enter is no.
type question struct {
	text string // a sentence that ends in a question mark
	yes  func(m *Model) tea.Cmd
	no   string // what is said then
}

// answer takes the key that answers a question.
func (m *Model) answer(key string) tea.Cmd {
	q := m.question
	m.question = nil
	m.frame.forget()
	if key == "y" || key == "Y" || key == "enter" {
		return q.yes(m)
	}
	m.said = q.no
	return nil
}
