package app

import (
	"context"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"taudit/app/config"
	"taudit/views"
	"taudit/views/commandbar"
	"taudit/views/page"
	"taudit/views/prompt"
)

// commander is what the model has for commands.
type commander struct {
	desk      Desk
	bar       *commandbar.Pane
	commands  []command
	page      *page.Pane
	overlay   views.Pane // what covers the screen while helping is set
	question  *question
	job       *job
	jobs      int
	working   *sync.WaitGroup // the jobs
	expected  *expected       // nil: nothing is
	watching  watching
	watched   *watched
	window    *window // the change window that has begun; nil: none
	saved     namedView
	placed    placedEntry
	returning *config.Place // where the session was left, until its entry is there; nil: nowhere
	dim       bool          // the view asks for it, once the filter is found
	themed    string        // the name of the theme, when it is known
}

func newCommander(d Desk) commander {
	return commander{desk: d, page: page.New(), working: &sync.WaitGroup{}, watched: &watched{}, themed: "as it was chosen"}
}

// command is what can be typed behind a colon. It is carried out on the UI goroutine, and does what takes time in a job.
type command struct {
	commandbar.Command
	run func(m *Model, argument string) tea.Cmd

	// complete gives what the argument may become, at once or by a command that gives it; it may be nil.
	complete func(m *Model, argument string) (items []prompt.Item, later func(ctx context.Context) []prompt.Item)
}

// commands are all of them, in the order of the list.
func commands() []command {
	c := func(name, args, does string, run func(*Model, string) tea.Cmd, complete func(*Model, string) ([]prompt.Item, func(context.Context) []prompt.Item), also ...string) command {
		return command{commandbar.Command{Name: name, Args: args, Does: does, Also: also}, run, complete}
	}
	return []command{
		c("w", "[marked] FILE", "write what the filter means, or what is marked: .jsonl, .csv, .md or .txt", (*Model).commandWrite, (*Model).completeWrite, "write"),
		c("filter", "QUERY", "filter; without a query, show everything", (*Model).commandFilter, (*Model).completeFilter),
		c("view", "NAME", "look at the log as it was saved under a name", (*Model).commandView, (*Model).completeView),
		c("save", "NAME", "keep filter, columns and layout under a name", (*Model).commandSave, (*Model).completeView),
		c("forget", "NAME", "forget a view that was saved", (*Model).commandForget, (*Model).completeView),
		c("open", "SOURCE", "read another source too: kinesis://, s3://, a path", (*Model).commandOpen, (*Model).completeOpen),
		c("set", "NAME VALUE", "change how things are shown, until taudit is left", (*Model).commandSet, (*Model).completeSet),
		c("bundle", "DIR", "write what the filter means as evidence that can be verified", (*Model).commandBundle, (*Model).completePath),
		c("expect", "FILTER [within:10m]", "wait for an entry that you are about to cause, and say whether it came", (*Model).commandExpect, (*Model).completeExpect),
		c("watch", "NAME FILTER", "notice what a filter means: ! before it, and a count on line 2", (*Model).commandWatch, (*Model).completeWatch),
		c("unwatch", "NAME", "notice it no longer", (*Model).commandUnwatch, (*Model).completeUnwatch),
		c("begin", "[NOTE]", "begin a change window", (*Model).commandBegin, nil),
		c("end", "[FILE.md]", "end it, and report what happened in it, on the screen or to a file", (*Model).commandEnd, (*Model).completePath),
		c("history", "[NAME]", "everything that names the target of the selected entry, or NAME", (*Model).commandHistory, nil),
		c("about", "", "version, sources, what taudit is allowed to do", (*Model).commandAbout, nil),
		c("help", "", "all keys and commands", (*Model).commandHelp, nil, "h"),
		c("q", "", "quit", (*Model).commandQuit, nil, "quit"),
	}
}

// newCommandbar makes the command line.
func (m *Model) newCommandbar() *commandbar.Pane {
	m.commands = commands()
	names := make([]commandbar.Command, len(m.commands))
	for i, c := range m.commands {
		names[i] = c.Command
	}
	bar := commandbar.New(names, m.complement)
	bar.SetHistory(m.desk.Commands)
	return bar
}

// complement completes the argument of a command.
func (m *Model) complement(name, argument, text string) ([]prompt.Item, tea.Cmd) {
	for _, c := range m.commands {
		if c.Name != name || c.complete == nil {
			continue
		}
		items, later := c.complete(m, argument)
		if later == nil {
			return items, nil
		}
		ctx := m.ctx
		return nil, func() tea.Msg { return commandbar.Listed{Text: text, Items: later(ctx)} }
	}
	return nil, nil
}

// command begins to type a command.
func (m *Model) command(text string, list bool) tea.Cmd {
	cmd := m.bar.Open(text, list)
	m.relay()
	return cmd
}

// commanding hands what is typed to the command line.
func (m *Model) commanding(msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "ctrl+c":
			m.bar.Close()
			m.relay()
			return nil
		case "f1", "ctrl+l", "ctrl+z":
			return m.key(key.String())
		}
	}
	cmd := m.bar.Update(msg)
	m.relay()
	return cmd
}

// carryOut does what a command says.
func (m *Model) carryOut(text string) tea.Cmd {
	m.said = ""
	m.relay()
	name, argument := commandbar.Split(text)
	names := make([]commandbar.Command, len(m.commands))
	for i, c := range m.commands {
		names[i] = c.Command
	}
	i, why := commandbar.Find(names, name)
	if why != "" {
		m.said = sentence(why)
		return nil
	}
	cmd := m.commands[i].run(m, argument)
	m.settle()
	m.frame.forget()
	return tea.Batch(cmd, m.keepCommand(text), m.work())
}

// keepCommand adds a command to the history that outlives the program. What fails is of no use to a person who works: it is logged.
func (m *Model) keepCommand(text string) tea.Cmd {
	remember, log := m.desk.Remember, m.feed.log
	if remember == nil {
		return nil
	}
	return func() tea.Msg {
		if err := remember(text); err != nil {
			log.Warn("the history of commands could not be written", "error", err)
		}
		return nil
	}
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (m *Model) commandFilter(argument string) tea.Cmd {
	return m.narrow(views.Narrow{Query: argument, Instead: true})
}

// completeFilter offers the filters of before that have what is typed in them, the newest first.
func (m *Model) completeFilter(argument string) ([]prompt.Item, func(context.Context) []prompt.Item) {
	var items []prompt.Item
	list := m.filter.History()
	for i := len(list) - 1; i >= 0 && len(items) < prompt.MaxItems; i-- {
		if strings.Contains(strings.ToLower(list[i]), strings.ToLower(argument)) {
			items = append(items, prompt.Item{Text: list[i]})
		}
	}
	return items, nil
}

// commandHistory shows everything that names an object: what is typed, or what the selected entry is about.
func (m *Model) commandHistory(argument string) tea.Cmd {
	if argument == "" {
		argument = m.object()
	}
	return m.history(argument)
}

func (m *Model) commandHelp(string) tea.Cmd {
	m.help.SetRows(m.helpRows())
	m.cover(m.help)
	return nil
}

func (m *Model) commandQuit(string) tea.Cmd { return m.quit() }

// quit ends the program, unless something would be left unfinished.
func (m *Model) quit() tea.Cmd {
	if m.job != nil {
		m.question = &question{
			text: "Taudit is still " + m.job.doing + ". Quit without it?",
			yes:  func(*Model) tea.Cmd { return tea.Quit },
		}
		return nil
	}
	m.keepSession()
	return tea.Quit
}

// cover shows a page in the place of everything until it is closed.
func (m *Model) cover(p views.Pane) {
	m.helping, m.overlay = true, p
	m.frame.forget()
}

// read covers the screen with a text.
func (m *Model) read(title string, lines []page.Line) {
	m.page.SetText(title, lines)
	m.cover(m.page)
}
