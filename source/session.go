package source

import (
	"context"
	"errors"
	"sync"
)

// Session is what the sources of one run have in common: a person who can be asked while there is no screen yet, and what was found out
// once for all of them. It may be used by any number of goroutines. A nil one has nobody to ask and keeps nothing.
type Session struct {
	ask    func(ctx context.Context, question string) (string, error)
	mu     sync.Mutex
	closed bool
	kept   map[string]kept
}

type kept struct {
	value any
	err   error
}

// ErrNobody is why nothing can be asked: there is no terminal.
var ErrNobody = errors.New("there is no terminal to ask for it on")

// ErrTooLate is why nothing can be asked any more: the screen has the terminal.
var ErrTooLate = errors.New("it cannot be asked for while the screen is open")

// NewSession makes a session. Ask puts a question to a person and gives the answer, a line of text; it may block until ctx ends. It is nil
// when there is nobody.
func NewSession(ask func(ctx context.Context, question string) (string, error)) *Session {
	return &Session{ask: ask, kept: map[string]kept{}}
}

// Ask puts a question to the person. The error may match [ErrNobody] or [ErrTooLate].
func (s *Session) Ask(ctx context.Context, question string) (string, error) {
	if s == nil || s.ask == nil {
		return "", ErrNobody
	}
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return "", ErrTooLate
	}
	return s.ask(ctx, question)
}

// Close ends the time in which something can be asked.
func (s *Session) Close() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// Once gives what find found the first time that it was called for a key, its error included: who was asked in vain is not asked again.
func (s *Session) Once(key string, find func() (any, error)) (any, error) {
	if s == nil {
		return find()
	}
	s.mu.Lock()
	k, known := s.kept[key]
	s.mu.Unlock()
	if !known {
		k.value, k.err = find()
		s.mu.Lock()
		s.kept[key] = k
		s.mu.Unlock()
	}
	return k.value, k.err
}
