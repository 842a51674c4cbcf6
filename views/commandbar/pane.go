// Package commandbar is the line in which commands are typed, behind a colon: with completion and a history. It knows the names of the
// commands, and not what they do.
package commandbar

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"taudit/source/query"
	"taudit/theme"
	"taudit/views/grid"
	"taudit/views/prompt"
)

// maxLength is how many characters a command may have.
const maxLength = 4096

// what names what is typed here, for people.
const what = "command"

// Command is what can be typed first.
type Command struct {
	Name string
	Also []string // other names
	Args string   // what follows it, for people: "FILE"
	Does string
}

// names are all that the command answers to.
func (c *Command) names() []string { return append([]string{c.Name}, c.Also...) }

// Entered says that a command is to be carried out. Editing has ended. Text has no colon in front.
type Entered struct{ Text string }

// Left says that editing has ended without a command.
type Left struct{}

// Listed gives what the argument of a command may become, if Text still is what is typed. The app gives it to [Pane.Update].
type Listed struct {
	Text  string
	Items []prompt.Item
}

// Completer gives what the argument of a command may become: at once, or by a command that gives [Listed] for the text. An item takes the
// place of the whole argument. It is called on the UI goroutine.
type Completer func(command, argument, text string) (items []prompt.Item, later tea.Cmd)

// Pane is the command line. It takes keys while [Pane.Editing], and room while that is so: after each message the app compares
// [Pane.Lines] with what it has. Its methods are for the UI goroutine.
type Pane struct {
	theme    *theme.Theme
	text     grid.Text
	commands []Command
	complete Completer

	width, height int

	line    *prompt.Line // nil: nobody types
	typed   string       // what was last looked at
	failed  string       // why Enter did nothing
	from    int          // where in the text the list belongs, in bytes
	loading bool         // the list is still to come
	wanted  tea.Cmd      // that brings it
	taking  bool         // and if it has but one item, that is taken
	history prompt.History
	x       int
	below   int

	view  string
	stale bool
}

// New makes a line that nobody types in. complete may be nil.
func New(commands []Command, complete Completer) *Pane {
	p := &Pane{commands: commands, complete: complete}
	p.SetTheme(theme.New(theme.Mono(), theme.NewGlyphs(false)))
	return p
}

// SetHistory gives the commands of before, newest last.
func (p *Pane) SetHistory(lines []string) { p.history.Set(lines) }

// SetSize gives the pane its place, in cells.
func (p *Pane) SetSize(width, height int) {
	p.width, p.height = grid.Size(width, height)
	p.stale = true
}

// SetTheme changes how the pane looks.
func (p *Pane) SetTheme(t *theme.Theme) { p.theme, p.text, p.stale = t, grid.TextFor(t.Glyphs), true }

// Keys gives every key that the line takes, beside those that type text.
func (p *Pane) Keys() []prompt.Key { return prompt.Keys(what) }

// Editing says whether keys belong to this pane.
func (p *Pane) Editing() bool { return p.line != nil }

// Open begins to type, from a text on. With list it opens the list of what may follow.
func (p *Pane) Open(text string, list bool) tea.Cmd {
	p.line = prompt.New(what, text, maxLength, &p.history, prompt.Owner{
		Enter: p.enter, Escape: func() tea.Cmd { return p.leave(Left{}) }, Open: p.open, Take: p.take, None: p.none,
	})
	p.typed, p.failed, p.stale = text, "", true
	if list {
		p.open(true)
		p.taking = false
	}
	return p.want()
}

// Close ends typing, without a message.
func (p *Pane) Close() { p.leave(nil) }

// Lines are how many lines the pane wants now; none while nobody types.
func (p *Pane) Lines() int {
	if p.line == nil {
		return 0
	}
	p.View()
	return 1 + p.below + p.line.Menu.Lines()
}

// Update answers a key, a paste, and what a [Completer] found.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	if p.line == nil {
		return nil
	}
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if msg.String() == "backspace" && p.line.Text() == "" && p.line.Search == nil {
			return p.leave(Left{}) // as in vim and less: what was deleted last is the colon
		}
		failed := p.failed
		p.failed = ""
		var handled bool
		if cmd, handled = p.line.Key(msg); !handled {
			p.failed = failed
		}
	case tea.PasteMsg:
		p.failed = ""
		p.line.Paste(msg)
	case Listed:
		p.listed(msg)
	default:
		return nil
	}
	p.stale = true
	if p.line == nil {
		return cmd
	}
	if text := p.line.Text(); text != p.typed {
		p.typed = text
		if p.line.Menu != nil {
			p.open(false)
		}
	}
	return tea.Batch(cmd, p.want())
}

// want gives the command that the list waits for, once.
func (p *Pane) want() tea.Cmd {
	cmd := p.wanted
	p.wanted = nil
	return cmd
}

// leave ends typing with a message.
func (p *Pane) leave(msg tea.Msg) tea.Cmd {
	p.line, p.loading, p.wanted, p.stale = nil, false, nil, true
	if msg == nil {
		return nil
	}
	return func() tea.Msg { return msg }
}

// Split takes a command apart: its name and what follows.
func Split(text string) (name, argument string) {
	name, argument, _ = strings.Cut(strings.TrimLeft(text, ": "), " ")
	return name, strings.TrimSpace(argument)
}

// Find gives the command of a name. why says what is wrong with a name that is none.
func Find(commands []Command, name string) (i int, why string) {
	i = slices.IndexFunc(commands, func(c Command) bool { return slices.Contains(c.names(), name) })
	if i >= 0 {
		return i, ""
	}
	var all []string
	for _, c := range commands {
		all = append(all, c.names()...)
	}
	why = "there is no command :" + name
	if near := query.Nearest(name, all); near != "" {
		return i, why + "; did you mean :" + near + "?"
	}
	var like []string
	for _, c := range commands {
		if strings.HasPrefix(c.Name, name) {
			like = append(like, ":"+c.Name)
		}
	}
	if len(like) > 0 {
		return i, why + "; there is " + strings.Join(like, ", ")
	}
	return i, why + "; Tab on an empty line lists them all"
}

// enter hands the command over. What is none stays to be put right.
func (p *Pane) enter() tea.Cmd {
	text := strings.TrimLeft(strings.TrimSpace(p.line.Text()), ": ")
	if text == "" {
		return p.leave(Left{})
	}
	name, _ := Split(text)
	if _, why := Find(p.commands, name); why != "" {
		p.failed, p.line.Menu = why, nil
		return nil
	}
	p.history.Add(text)
	return p.leave(Entered{text})
}

// open lists what there is for the word that the cursor stands in: a command, or the argument of one.
func (p *Pane) open(entered bool) {
	text := p.line.Text()
	before := text[:p.line.At()]
	head, _, argued := strings.Cut(strings.TrimLeft(before, ": "), " ")
	p.loading, p.wanted, p.taking = false, nil, entered
	if !argued {
		p.from = len(before) - len(head)
		p.menu(p.named(head), entered)
		return
	}
	i, why := Find(p.commands, head)
	if why != "" || p.complete == nil {
		p.line.Menu = nil
		return
	}
	p.from = strings.Index(text, head) + len(head) + 1
	for p.from < len(text) && text[p.from] == ' ' {
		p.from++
	}
	items, later := p.complete(p.commands[i].Name, text[p.from:], text)
	if later != nil {
		p.loading, p.wanted = true, later
		if p.line.Menu == nil {
			p.line.Menu = &prompt.Menu{Entered: entered}
		}
		return
	}
	p.menu(items, entered)
}

func (p *Pane) menu(items []prompt.Item, entered bool) {
	if len(items) == 0 {
		p.line.Menu = nil
		return
	}
	p.line.Menu = prompt.NewMenu(items, p.line.Menu, entered)
}

// listed takes a list that has come late.
func (p *Pane) listed(msg Listed) {
	if !p.loading || msg.Text != p.line.Text() || p.line.Menu == nil {
		return
	}
	p.loading = false
	entered := p.line.Menu.Entered
	p.menu(msg.Items[:min(len(msg.Items), prompt.MaxItems)], entered)
	switch m := p.line.Menu; {
	case m == nil && p.taking:
		p.line.Message = p.none()
	case m != nil && p.taking && len(m.Items) == 1:
		p.take(m.Items[0])
	}
}

// named are the commands that begin with what is typed, else the one that is probably meant.
func (p *Pane) named(typed string) []prompt.Item {
	var out []prompt.Item
	for _, c := range p.commands {
		if !slices.ContainsFunc(c.names(), func(n string) bool { return strings.HasPrefix(n, typed) }) {
			continue
		}
		out = append(out, item(c))
	}
	if len(out) > 0 {
		return out
	}
	for _, c := range p.commands {
		if query.Nearest(typed, c.names()) != "" {
			out = append(out, item(c))
		}
	}
	return out
}

func item(c Command) prompt.Item {
	note := c.Does
	if c.Args != "" {
		note = c.Args + "  " + note
	}
	return prompt.Item{Text: c.Name, Note: note}
}

// none says that there is nothing to complete.
func (p *Pane) none() string {
	name, argument := Split(p.line.Text())
	if _, why := Find(p.commands, name); why != "" {
		return why
	}
	if argument == "" {
		return "nothing is known that could follow :" + name
	}
	return "nothing known begins with " + argument
}

// take puts an item into the text.
func (p *Pane) take(i prompt.Item) {
	text := p.line.Text()
	from, end := min(p.from, len(text)), len(text)
	with := i.Text
	name := ""
	if at := strings.IndexByte(text[from:], ' '); p.isName(from) {
		if at >= 0 {
			end = from + at
		}
		name = with
	}
	if c := slices.IndexFunc(p.commands, func(c Command) bool { return c.Name == name }); c >= 0 && p.commands[c].Args != "" && end == len(text) {
		with += " "
	}
	if p.line.Replace(from, end, with) {
		p.line.Menu, p.typed = nil, p.line.Text()
	}
}

// isName tells whether what stands from there on is the name of a command.
func (p *Pane) isName(from int) bool {
	return strings.Trim(p.line.Text()[:from], ": ") == ""
}
