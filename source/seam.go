package source

import (
	"slices"
	"strings"
	"time"
)

const (
	// retained is how long every stream keeps what arrives, at least: Kinesis takes no shorter retention.
	retained = 24 * time.Hour
	// doubt is how much earlier somebody may ask for what is that old, and clocks differ.
	doubt = 5 * time.Minute
)

// Seams gives the stretches between sources that are read together which none of them holds: between the end of an archive and the
// beginning of a stream that goes on from it. list is the status of all parts of all of them. What is missing outside of what was asked
// for is missed by nobody.
//
// An archive ends with its newest object, since nothing tells whether what is missing behind it was not written yet or never will be.
// A stream begins where it was asked to, unless that is before what it may have held: then with the oldest record that was read, but
// not later than the shortest time that streams keep what they hold.
func Seams(list []Status, asked Asked) []Gap {
	pieces := piecesOf(list, asked.Began)
	if len(pieces) < 2 {
		return nil
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return a.From.Compare(b.From) })
	var gaps []Gap
	end := pieces[0]
	for _, p := range pieces[1:] {
		if p.From.After(end.To) {
			g := Gap{
				Source: "between " + end.source + " and " + p.source,
				Span:   Span{From: end.To, To: p.From},
				Why:    "the one ends before the other begins, so what arrived between is in neither",
			}
			if end.To.IsZero() {
				g.Why = end.source + " holds nothing of the time that was asked for, and what arrived before is not in the other"
			}
			since := asked.Since
			if asked.Latest {
				since = later(since, asked.Began)
			}
			if g.From, g.To = later(g.From, since), earlier(g.To, asked.Until); g.From.Before(g.To) {
				gaps = append(gaps, g)
			}
		}
		if p.To.After(end.To) {
			end = p
		}
	}
	return gaps
}

// piece is what one source holds; without To it is empty.
type piece struct {
	source string
	Span
}

// piecesOf gives those sources of which it is known what they hold.
func piecesOf(list []Status, began time.Time) []piece {
	type account struct {
		piece
		placed, settled, stream bool
		from, oldest            time.Time
	}
	var accounts []*account
	byName := map[string]*account{}
	for _, s := range list {
		a, ok := byName[s.Source]
		if !ok {
			a = &account{piece: piece{source: s.Source}, settled: true}
			byName[s.Source] = a
			accounts = append(accounts, a)
		}
		a.stream = a.stream || strings.HasPrefix(s.Source, "kinesis ")
		a.settled = a.settled && (s.State == Live || s.State == Done) && s.Total == 0
		if !s.Oldest.IsZero() && (a.oldest.IsZero() || s.Oldest.Before(a.oldest)) {
			a.oldest = s.Oldest
		}
		if s.Held.To.IsZero() {
			continue
		}
		if !a.placed || s.Held.From.Before(a.from) {
			a.from = s.Held.From
		}
		a.placed = true
		if s.Held.To.After(a.To) {
			a.To = s.Held.To
		}
	}
	var pieces []piece
	for _, a := range accounts {
		kept := began.Add(-retained)
		switch {
		case a.placed && a.stream && a.from.Before(kept.Add(-doubt)):
			a.From = kept
			if !a.oldest.IsZero() && a.oldest.Before(kept) {
				a.From = a.oldest
			}
		case a.placed:
			a.From = a.from
		// An archive in which nothing was found. Other sources may just be what does not say how far they were read.
		case !a.settled || !strings.HasPrefix(a.source, "s3://"):
			continue
		}
		pieces = append(pieces, a.piece)
	}
	return pieces
}
