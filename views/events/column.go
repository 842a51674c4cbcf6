package events

import (
	"fmt"
	"slices"
	"strings"

	"taudit/source/query"
	"taudit/views"
	"taudit/views/grid"
)

// widest is what a person can make of a column, in cells.
const widest = 200

// Column is a column of the list, as a person wants it.
type Column struct {
	Name  string // one of [ColumnNames]
	Width int    // in cells; 0: as it fits
}

// The columns that there are; the first seven are shown unless somebody chooses others.
const (
	timeColumn = iota
	resultColumn
	operationColumn
	principalColumn
	targetColumn
	addressColumn
	noteColumn
	namespaceColumn
	typeColumn
	idColumn
	partColumn
)

// ColumnNames are the names of the columns that there are.
func ColumnNames() []string {
	return []string{
		timeColumn: "time", resultColumn: "result", operationColumn: "operation", principalColumn: "principal", targetColumn: "target",
		addressColumn: "ip", noteColumn: "note", namespaceColumn: "namespace", typeColumn: "type", idColumn: "log_id", partColumn: "shard",
	}
}

// usual are the columns that are shown unless somebody chooses others.
func usual() []Column {
	out := make([]Column, noteColumn+1)
	for i := range out {
		out[i].Name = ColumnNames()[i]
	}
	return out
}

// columns gives the table as wide as the times make it, with what each column shows. At 80 cells with the time of day alone, operation,
// principal and target are 26, 17 and 20 wide.
func columns(times views.Stamp, chosen []Column) (list []grid.Column, kinds []int) {
	all := []grid.Column{
		timeColumn:      {Title: times.Title(), Min: times.Width()},
		resultColumn:    {Title: "RES", Min: resultWidth},
		operationColumn: {Title: "OPERATION", Min: 10, Weight: 16, Max: 48},
		principalColumn: {Title: "PRINCIPAL", Min: 9, Weight: 8, Max: 48},
		targetColumn:    {Title: "TARGET", Min: 6, Weight: 14},
		addressColumn:   {Title: "IP", Min: 15, From: 110},
		noteColumn:      {Title: "NOTE", Min: 8, From: 116},
		namespaceColumn: {Title: "NAMESPACE", Min: 9, Weight: 8, Max: 48},
		typeColumn:      {Title: "TYPE", Min: 14},
		idColumn:        {Title: "LOG ID", Min: 8, Weight: 4, Max: 40},
		partColumn:      {Title: "SHARD", Min: 8, Weight: 2, Max: 40},
	}
	if chosen == nil {
		chosen = usual()
	}
	// Who leaves out one of those that tell most has room for the others on a narrow screen too.
	for _, kind := range []int{operationColumn, principalColumn, targetColumn} {
		if !slices.ContainsFunc(chosen, func(c Column) bool { return c.Name == ColumnNames()[kind] }) {
			all[addressColumn].From, all[noteColumn].From = 0, 0
		}
	}
	for _, c := range chosen {
		kind := slices.Index(ColumnNames(), c.Name)
		if kind < 0 {
			continue
		}
		col := all[kind]
		if c.Width > 0 && kind != timeColumn {
			col.Min, col.Max, col.Weight = c.Width, c.Width, 0
		}
		list, kinds = append(list, col), append(kinds, kind)
	}
	return list, kinds
}

// kind is what the column of a span shows.
func (p *Pane) kind(s grid.Span) int { return p.kinds[s.Column] }

// Columns gives the columns that a person has chosen; nil: the usual ones.
func (p *Pane) Columns() []Column { return slices.Clone(p.chosen) }

// SetColumns shows columns in their order; nil shows the usual ones. It is an error to name one that is not there, or one twice.
func (p *Pane) SetColumns(list []Column) error {
	if list != nil && len(list) == 0 {
		return fmt.Errorf("a list has one column at least")
	}
	for i, c := range list {
		switch {
		case !slices.Contains(ColumnNames(), c.Name):
			text := fmt.Sprintf("there is no column %q; there are %s", c.Name, strings.Join(ColumnNames(), ", "))
			if near := query.Nearest(c.Name, ColumnNames()); near != "" {
				text = fmt.Sprintf("there is no column %q; did you mean %s?", c.Name, near)
			}
			return fmt.Errorf("%s", text)
		case slices.ContainsFunc(list[:i], func(o Column) bool { return o.Name == c.Name }):
			return fmt.Errorf("the column %s is named twice", c.Name)
		case c.Width < 0 || c.Width > widest:
			return fmt.Errorf("the column %s can be 1 to %d cells wide", c.Name, widest)
		}
	}
	if slices.Equal(list, usual()) {
		list = nil
	}
	p.chosen = slices.Clone(list)
	p.rearrange()
	return nil
}

// rearrange has the columns fitted anew.
func (p *Pane) rearrange() {
	p.spans, p.stale = nil, true
	p.forgetGone()
}

// Picking tells whether a column is chosen, for the keys that move and widen it.
func (p *Pane) Picking() bool { return p.picking }

// Close ends the choice of a column.
func (p *Pane) Close() bool {
	was := p.picking
	p.picking, p.stale = false, p.stale || was
	return was
}

// pick chooses the first column, or the next one. It is shown in the head.
func (p *Pane) pick() {
	p.arrange()
	if len(p.spans) == 0 {
		return
	}
	if p.picking {
		p.picked = (p.picked + 1) % len(p.spans)
	} else {
		p.picking, p.picked = true, min(p.picked, len(p.spans)-1)
	}
	p.stale = true
}

// columnActions are those that the pane answers while a column is chosen.
func columnActions() []views.Action {
	return []views.Action{views.Columns, views.Left, views.Right, views.FarLeft, views.FarRight, views.LessDeep, views.MoreDeep, views.Bytes}
}

// change answers an action about the column that is chosen; false for any other action.
func (p *Pane) change(a views.Act) bool {
	if !p.picking || !slices.Contains(columnActions(), a.Action) {
		return false
	}
	n := max(a.Count, 1)
	p.arrange()
	if len(p.spans) == 0 {
		return true
	}
	p.picked = min(p.picked, len(p.spans)-1)
	list := p.Columns()
	if list == nil {
		list = usual()
	}
	name := ColumnNames()[p.kind(p.spans[p.picked])]
	at := slices.IndexFunc(list, func(c Column) bool { return c.Name == name })
	switch a.Action {
	case views.Columns:
		p.pick()
		return true
	case views.Left:
		p.picked = max(p.picked-n, 0)
	case views.Right:
		p.picked = min(p.picked+n, len(p.spans)-1)
	case views.FarLeft:
		p.shift(list, at, -n)
	case views.FarRight:
		p.shift(list, at, n)
	case views.LessDeep, views.MoreDeep:
		if a.Action == views.LessDeep {
			n = -n
		}
		p.widen(list, at, n)
	case views.Bytes:
		if len(list) > 1 {
			p.choose(slices.Delete(list, at, at+1))
			p.arrange()
			p.picked = min(p.picked, len(p.spans)-1)
		}
	}
	p.stale = true
	return true
}

// choose takes a list that is known to be right.
func (p *Pane) choose(list []Column) {
	_ = p.SetColumns(list)
}

// shift moves a column n places to the right.
func (p *Pane) shift(list []Column, at, n int) {
	to := max(min(at+n, len(list)-1), 0)
	c := list[at]
	list = slices.Insert(slices.Delete(list, at, at+1), to, c)
	p.choose(list)
	p.arrange()
	for i, s := range p.spans {
		if ColumnNames()[p.kind(s)] == c.Name {
			p.picked = i
		}
	}
}

// widen makes a column n cells wider than it is on the screen. That of the time is as wide as times are.
func (p *Pane) widen(list []Column, at, n int) {
	s := p.spans[p.picked]
	if p.kind(s) == timeColumn {
		return
	}
	list[at].Width = max(min(s.Width+max(min(n, widest), -widest), widest), 1)
	p.choose(list)
}

// pickedName is the column that is chosen, for people.
func (p *Pane) pickedName() string {
	p.arrange()
	if !p.picking || len(p.spans) == 0 {
		return ""
	}
	return p.columns[p.spans[min(p.picked, len(p.spans)-1)].Column].Title
}
