package app

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"taudit/source/query"
	"taudit/theme"
	"taudit/views"
	"taudit/views/events"
	"taudit/views/prompt"
)

// setting is what :set can change.
type setting struct {
	name   string
	does   string
	values func(m *Model) []string // to be offered; the first is that of before
	set    func(m *Model, value string) error
	now    func(m *Model) string
}

// settings are all of them, in the order of the list.
func settings() []setting {
	of := func(values ...string) func(*Model) []string { return func(*Model) []string { return values } }
	return []setting{
		{"theme", "colours", of(theme.Names()...), (*Model).setTheme, func(m *Model) string { return m.themed }},
		{"times", "how times are written", of(modeNames()...), (*Model).setTimes, func(m *Model) string { return modeNames()[m.times.Mode] }},
		{"detail", "where the detail stands", of(detailNames()...), (*Model).setDetail, func(m *Model) string { return detailNames()[m.wish] }},
		{"unmatched", "what does not match the filter", of("hide", "dim"), (*Model).setUnmatched, func(m *Model) string {
			if m.context {
				return "dim"
			}
			return "hide"
		}},
		either("repeats", "what repeats an entry within 60 s", "show", "fold", func(m *Model) bool { return m.folds }, func(m *Model, on bool) { m.folds = on }),
		either("gaps", "rows where there is nothing for more than 30 min", "hide", "show", func(m *Model) bool { return m.gaps }, func(m *Model, on bool) { m.gaps = on }),
		either("wrap", "long values of the list on two lines", "off", "on", func(m *Model) bool { return m.events.Wraps() }, func(m *Model, on bool) { m.events.SetWraps(on) }),
		{"alarm", "when a rule of :watch meets something new, at most every 10 s", of(AlarmNames()...), (*Model).setAlarm, func(m *Model) string { return AlarmNames()[m.watching.alarm] }},
		{"columns", "of the list: names joined by commas, or default", func(*Model) []string {
			return append([]string{"default"}, events.ColumnNames()...)
		}, (*Model).setColumns, func(m *Model) string { return columnsText(m.events.Columns()) }},
	}
}

// either is a setting of two values, the second of which means that it is on.
func either(name, does, off, on string, now func(*Model) bool, set func(*Model, bool)) setting {
	values := []string{off, on}
	return setting{
		name, does, func(*Model) []string { return values },
		func(m *Model, value string) error {
			i, err := oneOf(name, value, values)
			if err == nil {
				set(m, i == 1)
			}
			return err
		},
		func(m *Model) string {
			if now(m) {
				return on
			}
			return off
		},
	}
}

// columnsText writes columns as they are set.
func columnsText(list []events.Column) string {
	if list == nil {
		return "default"
	}
	var out []string
	for _, c := range list {
		text := c.Name
		if c.Width > 0 {
			text += ":" + strconv.Itoa(c.Width)
		}
		out = append(out, text)
	}
	return strings.Join(out, ",")
}

// setColumns reads columns: "time,operation:30,target".
func (m *Model) setColumns(text string) error {
	if text == "default" {
		return m.events.SetColumns(nil)
	}
	var list []events.Column
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		name, wide, sized := strings.Cut(word, ":")
		c := events.Column{Name: name}
		if sized {
			n, err := strconv.Atoi(wide)
			if err != nil || n < 1 {
				return fmt.Errorf("%q is no width; write %s:20", wide, name)
			}
			c.Width = n
		}
		list = append(list, c)
	}
	return m.events.SetColumns(list)
}

// modeNames are the ways to write times, by [views.ClockMode].
func modeNames() []string {
	return []string{views.UTC: "utc", views.LocalTime: "local", views.Relative: "relative"}
}

// detailNames are the places of the detail, by wish.
func detailNames() []string {
	return []string{auto: "auto", atRight: "right", atBelow: "below", off: "off"}
}

// commandSet changes a setting until the program ends.
func (m *Model) commandSet(argument string) tea.Cmd {
	name, value, _ := strings.Cut(argument, " ")
	value = strings.TrimSpace(value)
	all := settings()
	var names []string
	for _, s := range all {
		names = append(names, s.name)
		if s.name != name {
			continue
		}
		if value == "" {
			m.said = fmt.Sprintf("%s is %s; it can be %s.", name, s.now(m), listed(s.values(m), "or"))
			return nil
		}
		if err := s.set(m, value); err != nil {
			m.said = sentence(err.Error())
			return nil
		}
		m.said = fmt.Sprintf("%s is %s.", name, s.now(m))
		m.pass()
		m.lay()
		return nil
	}
	m.said = "What can be set is " + listed(names, "and") + "."
	if near := query.Nearest(name, names); near != "" {
		m.said = "There is no setting " + name + "; did you mean " + near + "?"
	}
	return nil
}

// completeSet offers the settings, then the values of one.
func (m *Model) completeSet(argument string) ([]prompt.Item, func(context.Context) []prompt.Item) {
	name, value, valued := strings.Cut(argument, " ")
	var items []prompt.Item
	for _, s := range settings() {
		switch {
		case !valued && strings.HasPrefix(s.name, name):
			items = append(items, prompt.Item{Text: s.name + " ", Note: s.does + ": " + s.now(m)})
		case valued && s.name == name:
			// Of a list joined by commas the last is completed.
			head := value[:strings.LastIndexByte(value, ',')+1]
			for _, v := range s.values(m) {
				if strings.HasPrefix(v, value[len(head):]) && (head == "" || v != "default") {
					items = append(items, prompt.Item{Text: name + " " + head + v})
				}
			}
		}
	}
	return items, nil
}

// listed joins words: "a, b or c".
func listed(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// oneOf finds a value among those that there are.
func oneOf(what, value string, values []string) (int, error) {
	for i, v := range values {
		if v == value {
			return i, nil
		}
	}
	text := fmt.Sprintf("%s cannot be %s; it can be %s", what, value, listed(values, "or"))
	if near := query.Nearest(value, values); near != "" {
		text = fmt.Sprintf("%s cannot be %s; did you mean %s?", what, value, near)
	}
	return 0, fmt.Errorf("%s", text)
}

func (m *Model) setTheme(name string) error {
	if _, err := oneOf("theme", name, theme.Names()); err != nil {
		return err
	}
	choice, err := theme.Named(name)
	if err != nil {
		return err
	}
	m.chosen, m.themed = choice, name
	m.dress()
	return nil
}

func (m *Model) setTimes(name string) error {
	i, err := oneOf("times", name, modeNames())
	if err == nil {
		m.times.Mode = views.ClockMode(i)
	}
	return err
}

func (m *Model) setDetail(name string) error {
	i, err := oneOf("detail", name, detailNames())
	if err == nil {
		m.wishFor(wish(i))
	}
	return err
}

// wishFor puts the detail where a person wants it, as far as the screen has room.
func (m *Model) wishFor(w wish) {
	m.wish, m.zoomed = w, false
	if w == off && m.focus == onDetail {
		m.opened = no
		m.focusOn(m.front())
	}
}

func (m *Model) setUnmatched(name string) error {
	i, err := oneOf("unmatched", name, []string{"hide", "dim"})
	if err == nil {
		m.context = i == 1 && m.found.matches != nil
	}
	if err == nil && i == 1 && m.found.matches == nil {
		return fmt.Errorf("there is no filter, so everything is shown")
	}
	return err
}
