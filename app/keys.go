package app

import (
	"slices"
	"strings"

	"taudit/views"
)

// Binding is one row of the keymap. The help screen, the footer and the README's table are made from these rows.
type Binding struct {
	Action views.Action
	Keys   []string // as Bubble Tea names them; the first is shown in the footer
	List   string   // what it does in a list; empty: nothing
	Detail string   // what it does in the detail tree; empty: nothing

	Short, ShortDetail string       // for the footer, in a list and in the detail; empty: not shown there
	With               views.Action // the footer shows its key beside: "j/k move"
}

// Bindings gives the keymap, in the order of the help.
func Bindings() []Binding {
	same := sameBinding
	return among([]Binding{
		{Action: views.Down, Keys: []string{"j", "down"}, List: "down", Detail: "down", Short: "move", ShortDetail: "move", With: views.Up},
		same(views.Up, "up", "k", "up"),
		same(views.HalfDown, "half a page down", "ctrl+d"),
		same(views.HalfUp, "half a page up", "ctrl+u"),
		same(views.PageDown, "a page down", "pgdown"),
		same(views.PageUp, "a page up", "pgup"),
		same(views.Top, "top", "g", "home"),
		{Action: views.Bottom, Keys: []string{"G", "end"}, List: "bottom, and follow the newest", Detail: "bottom", Short: "newest"},
		{Action: views.Left, Keys: []string{"h", "left"}, List: "sideways to the left; on the timeline the bar before; back from a principal's page", Detail: "fold, or go to the parent"},
		{Action: views.Right, Keys: []string{"l", "right"}, List: "sideways to the right; on the timeline the next bar; a principal's page", Detail: "unfold", ShortDetail: "unfold", With: views.Left},
		{Action: views.FarLeft, Keys: []string{"H"}, List: "to the start of the row", Detail: "fold all below"},
		{Action: views.FarRight, Keys: []string{"L"}, List: "to the end of the row", Detail: "unfold all below"},
		{Action: views.PrevInside, Keys: []string{"{"}, List: "previous burst or gap", Detail: "previous sibling"},
		{Action: views.NextInside, Keys: []string{"}"}, List: "next burst or gap", Detail: "next sibling"},
		{Action: views.LessDeep, Keys: []string{"("}, List: "the chosen column narrower", Detail: "show one level less"},
		{Action: views.MoreDeep, Keys: []string{")"}, List: "the chosen column wider", Detail: "show one level more"},
		{Action: views.NextEntry, Keys: []string{"J"}, List: "next entry", Detail: "next entry, detail open", ShortDetail: "entry", With: views.PrevEntry},
		{Action: views.PrevEntry, Keys: []string{"K"}, List: "previous entry", Detail: "previous entry, detail open"},
		{Action: views.Hold, Keys: []string{"space"}, List: "hold, or follow the newest", Detail: "hold, or follow the newest", Short: "hold/follow"},
		same(views.Follow, "follow the newest", "F"),
		{Action: views.Filter, Keys: []string{"/"}, List: "edit the filter", Detail: "search inside the entry", Short: "filter", ShortDetail: "search"},
		{Action: views.Context, Keys: []string{"c"}, List: "dim what does not match, or hide it"},
		{Action: views.NextMatch, Keys: []string{"n"}, List: "next match, while the others are dimmed", Detail: "next match of the search", ShortDetail: "match", With: views.PrevMatch},
		{Action: views.PrevMatch, Keys: []string{"N"}, List: "previous match", Detail: "previous match of the search"},
		same(views.PrevFilter, "back through the filters, to the place each was left at", "["),
		same(views.NextFilter, "forward through the filters", "]"),
		{Action: views.SortPrev, Keys: []string{"<"}, List: "in a table sort by the column to the left"},
		{Action: views.SortNext, Keys: []string{">"}, List: "in a table sort by the column to the right", With: views.SortPrev},
		{Action: views.SortReverse, Keys: []string{"r"}, List: "in a table sort the other way round"},
		{Action: views.Open, Keys: []string{"enter"}, List: "open the entry; in Principals filter by it, and pressed twice show its page", Detail: "open a long value, or an entry of the context", Short: "detail", ShortDetail: "open"},
		{Action: views.Close, Keys: []string{"esc"}, List: "close what is open; never quits", Detail: "close search, value or bytes, then back to the list"},
		{Action: views.NextPane, Keys: []string{"tab"}, List: "next pane", Detail: "the context of the entry, then the next pane", Short: "pane", ShortDetail: "pane"},
		same(views.PrevPane, "previous pane", "shift+tab"),
		same(views.Events, "events", "1"),
		same(views.Principals, "principals", "2"),
		same(views.Sinks, "sinks: whether entries arrive", "3"),
		{Action: views.Wrap, Keys: []string{"w"}, List: "long values on two lines, or one; on the timeline the next block of bars", Detail: "wrap long values, or one row each", ShortDetail: "wrap"},
		{Action: views.Bytes, Keys: []string{"x"}, List: "open the repeats on this row, or fold them; hide the chosen column", Detail: "the bytes as received, and back", ShortDetail: "bytes"},
		same(views.Zoom, "this pane alone, or all again", "f"),
		same(views.Place, "detail to the right, below, or off", "P"),
		same(views.Times, "times in UTC, local, or relative to now", "t"),
		same(views.Timeline, "timeline on or off", "i"),
		{Action: views.ZoomIn, Keys: []string{"z"}, List: "timeline: less time, around the selected entry", Short: "zoom", With: views.ZoomOut},
		{Action: views.ZoomOut, Keys: []string{"Z"}, List: "timeline: more time, at last all of it"},
		{Action: views.Select, Keys: []string{"v"}, List: "select on the timeline; Enter filters by it", Short: "select"},
		{Action: views.PrevBlock, Keys: []string{"b"}, List: "on the timeline the block of bars before", Short: "block", With: views.Wrap},
		same(views.Repeats, "repeats within 60 s on one row, or each on its own", "X"),
		{Action: views.Columns, Keys: []string{"C"}, List: "choose a column, then the next; then h l choose, H L move it"},
		{Action: views.Command, Keys: []string{":"}, List: "type a command", Detail: "type a command", Short: "command"},
		same(views.Views, "the views that were saved", "V"),
		{Action: views.Help, Keys: []string{"?", "f1"}, List: "this help", Detail: "this help", Short: "help", ShortDetail: "help"},
		same(views.Reconnect, "try again at once what has failed", "R"),
		same(views.Redraw, "draw the screen again", "ctrl+l"),
		same(views.Suspend, "suspend to the shell", "ctrl+z"),
		{Action: views.Back, Keys: []string{"q"}, List: "back; at the top asks and quits", Detail: "back to the list", Short: "back", ShortDetail: "back"},
		same(views.Quit, "quit at once", "Q", "ctrl+c"),
	}, views.Zoom, handBindings(sameBinding)...)
}

// among puts bindings into a table, before the one of an action.
func among(table []Binding, before views.Action, more ...Binding) []Binding {
	at := slices.IndexFunc(table, func(b Binding) bool { return b.Action == before })
	return slices.Insert(table, at, more...)
}

// keymap turns keys into actions.
type keymap struct {
	bindings []Binding
	actions  map[string]views.Action
}

// newKeymap makes the keymap of a table.
func newKeymap(table []Binding) keymap {
	k := keymap{bindings: table, actions: map[string]views.Action{}}
	for _, b := range k.bindings {
		for _, key := range b.Keys {
			k.actions[key] = b.Action
		}
	}
	return k
}

// leads tells whether a key is the first of two that are bound together.
func (k keymap) leads(key string) bool {
	for pair := range k.actions {
		if len(pair) == 2 && len(key) == 1 && pair[0] == key[0] {
			return true
		}
	}
	return false
}

func (k keymap) binding(a views.Action) (Binding, bool) {
	i := slices.IndexFunc(k.bindings, func(b Binding) bool { return b.Action == a })
	if i < 0 {
		return Binding{}, false
	}
	return k.bindings[i], true
}

// names gives the first key of each action: "G or Space".
func (k keymap) names(actions ...views.Action) string {
	var names []string
	for _, a := range actions {
		if b, ok := k.binding(a); ok {
			names = append(names, KeyName(b.Keys[0]))
		}
	}
	return strings.Join(names, " or ")
}

// both gives the first key of two actions that belong together: "z/Z".
func (k keymap) both(a, b views.Action) string { return k.names(a) + "/" + k.names(b) }

// KeyName gives a key as people write it: "Ctrl-D", "PgDn", "Space", "j".
func KeyName(key string) string {
	switch key {
	case "space", "enter", "esc", "tab", "home", "end", "down", "up", "left", "right", "backspace", "delete", "insert":
		return strings.ToUpper(key[:1]) + key[1:]
	case "pgdown":
		return "PgDn"
	case "pgup":
		return "PgUp"
	case "shift+tab":
		return "Shift-Tab"
	}
	if len(key) > 1 && key[0] == 'f' && namedKey(key) {
		return strings.ToUpper(key)
	}
	for _, modifier := range []string{"ctrl", "alt", "shift"} {
		if rest, ok := strings.CutPrefix(key, modifier+"+"); ok {
			return strings.ToUpper(modifier[:1]) + modifier[1:] + "-" + strings.ToUpper(rest[:1]) + rest[1:]
		}
	}
	return key
}

// KeyNames gives all keys of a binding, as people write them.
func (b Binding) KeyNames() string { return keyNames(b.Keys) }

func keyNames(keys []string) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = KeyName(k)
	}
	return strings.Join(names, " ")
}

// sameBinding does the same in a list and in the detail.
func sameBinding(a views.Action, text string, keys ...string) Binding {
	return Binding{Action: a, Keys: keys, List: text, Detail: text}
}
