package config

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	viewsFormat = 1
	maxNaming   = 64 // bytes of the name of a view
)

// ViewsPath is where named views belong: $XDG_STATE_HOME/taudit/views.json, or what stands for it on this system.
func ViewsPath() string { return statePath("views.json") }

// View is how a person wants to look at a log. What is empty is as it is without a view.
type View struct {
	Filter  string       `json:"filter,omitempty"`
	Columns []ViewColumn `json:"columns,omitempty"` // of the list, from the left
	Layout  Layout       `json:"layout,omitzero"`
	Panes   []string     `json:"panes,omitempty"` // that are shown beside the list, by their names on line 2
}

// ViewColumn is a column of the list.
type ViewColumn struct {
	Name  string `json:"name"`
	Width int    `json:"width,omitempty"` // cells; 0: as it fits
}

// Layout is where things stand.
type Layout struct {
	Detail string `json:"detail,omitempty"` // "right", "below" or "off"
	Zoomed string `json:"zoomed,omitempty"` // the pane that is shown alone
	Times  string `json:"times,omitempty"`  // "utc", "local" or "relative"
	Dim    bool   `json:"dim,omitempty"`    // what does not match is dimmed and not hidden
	Fold   bool   `json:"fold,omitempty"`   // repeats stand on one row
	Wrap   bool   `json:"wrap,omitempty"`   // long values of the list stand on two lines
	Gaps   bool   `json:"gaps,omitempty"`   // rows tell of long times without entries
}

// IsZero says that nothing was chosen.
func (l Layout) IsZero() bool { return l == Layout{} }

// Equal says whether two views show the same.
func (v *View) Equal(o *View) bool {
	return v.Filter == o.Filter && slices.Equal(v.Columns, o.Columns) && v.Layout == o.Layout && slices.Equal(v.Panes, o.Panes)
}

// Views keeps views by their names. Any number of instances of taudit may share the file. Its methods block on the file system and may be
// called from any goroutine but that of the screen.
type Views struct{ file state[viewsState] }

type viewsState struct {
	Views map[string]View `json:"views"`
}

// NewViews makes the keeper of a file, which need not exist.
func NewViews(path string) *Views {
	return &Views{state[viewsState]{path: path, what: "the views", format: viewsFormat}}
}

// Load gives all views by their names.
func (v *Views) Load() (map[string]View, error) {
	s, err := v.file.load()
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(s.Views, func(name string, _ View) bool { return checkViewName(name) != nil })
	return s.Views, nil
}

// Get gives the view of a name. The error tells the names that there are.
func (v *Views) Get(name string) (View, error) {
	all, err := v.Load()
	if err != nil {
		return View{}, err
	}
	view, ok := all[name]
	switch {
	case ok:
		return view, nil
	case len(all) == 0:
		return view, fmt.Errorf("there is no view %q, nor any other yet", name)
	}
	return view, fmt.Errorf("there is no view %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
}

// Save keeps a view under a name, in the place of the one of that name.
func (v *Views) Save(ctx context.Context, name string, view View) error {
	if err := checkViewName(name); err != nil {
		return err
	}
	return v.file.change(ctx, func(s *viewsState) error {
		if s.Views == nil {
			s.Views = map[string]View{}
		}
		s.Views[name] = view
		return nil
	})
}

// Remove forgets the view of a name.
func (v *Views) Remove(ctx context.Context, name string) error {
	return v.file.change(ctx, func(s *viewsState) error {
		if _, ok := s.Views[name]; !ok {
			return fmt.Errorf("there is no view %q", name)
		}
		delete(s.Views, name)
		return nil
	})
}

// checkViewName refuses what could not be typed or drawn as the name of a view.
func checkViewName(name string) error {
	switch {
	case name == "" || len(name) > maxNaming || !utf8.ValidString(name):
		return fmt.Errorf("a view has a name of 1 to %d letters", maxNaming)
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }):
		return errors.New("the name of a view has no spaces")
	}
	return nil
}
