package app

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"runtime"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"taudit/app/config"
	"taudit/source/query"
	"taudit/source/store"
	"taudit/source/verdict"
	"taudit/theme"
	"taudit/views"
	"taudit/views/compare"
	"taudit/views/detail"
	"taudit/views/events"
	"taudit/views/filterbar"
	"taudit/views/help"
	"taudit/views/marks"
	"taudit/views/principals"
	"taudit/views/timeline"
)

// Model is the only [tea.Model]. It owns the screen, decides which pane gets a message, and hands the panes what the feed knows.
// Its methods run on Bubble Tea's goroutine alone.
type Model struct {
	feed  *Feed
	ctx   context.Context
	clock func() time.Time
	demo  bool
	mouse bool

	keys   keymap
	spoken query.Env // but for the clock
	chosen theme.Choice
	theme  *theme.Theme
	look   look
	width  int
	height int
	areas  areas

	state    *State
	now      time.Time
	times    views.Clock
	judged   verdict.Report
	covers   coverage
	filter   *filterbar.Pane
	events   *events.Pane
	detail   *detail.Pane
	help     *help.Pane
	timeline *timeline.Pane

	principals *principals.Pane

	marksPane  *marks.Pane
	comparison *compare.Pane

	all []member // the panes between the filter and the summary

	search    *search
	committed string             // the filter as it was accepted
	sought    query.Query        // the one that was asked for last
	asked     int                // its number
	found     found              // what is shown
	forsake   context.CancelFunc // ends the scan that is under way
	complete  tea.Cmd            // goes on with it when it has only begun
	context   bool               // what does not match is dimmed, not hidden
	folds     bool               // repeats are folded into one line
	gaps      bool               // a long time without entries has a line
	arranging bool               // the lines of the list are being found
	remember  func(string) error
	trail     trail // the filters there were
	again     int   // the pane that the key that opens is still meant for; 0: none

	commander

	notice []string        // what needs to be said, in lines as wide as the screen
	said   string          // the same, until the next key
	noted  map[string]bool // notes of sources that were said
	focus  int             // the pane that gets the keys
	body   int             // the pane in the place of the list
	bare   bool            // no strips are shown above the list
	zoomed bool            // nothing but the pane with the focus is shown
	opened opened
	asker  int // the pane that wanted bytes examined
	wish   wish

	held     bool      // what the panes were told of the list
	followed time.Time // when the detail last went along with the list
	dragged  int       // the pane in which a mouse button is held down; -1: none
	labels   []label   // what stands on line 2, for clicks
	helping  bool      // the help, or a page, covers the screen
	asking   bool      // whether to quit
	chord    *chord
	copier   copier
	started  Command
	jumps    jumps
	stride   int // which of the strides a step in time is
	digit    digit
	marks    marking
	novelty  novelty
	turns    chan struct{} // see inTurn
	retried  time.Time     // when a person had failed calls made again
	note     *note         // nil: none is typed
	before   origin

	comparing    int // comparisons that were asked for
	comparedFrom int // the pane that the last was asked for in
	count        int // typed before a key; 0: none

	frame frame
}

// opened says whether the detail is shown where it stands beside the list.
type opened uint8

const (
	byRoom opened = iota // when the screen has room for it to the right
	yes
	no
)

// wish is where a person wants the detail to stand, as far as the screen has room.
type wish uint8

const (
	auto wish = iota // where place says
	atRight
	atBelow
	off // instead of the list, when it is opened
)

// look is what the terminal has told about itself; it tells in any order, after the first frame, or never.
type look struct {
	dark    bool
	told    bool // dark is the terminal's own answer
	profile colorprofile.Profile
	unicode bool
}

// ModelOptions are what the screen needs beside the feed.
type ModelOptions struct {
	Demo bool             // say so in the header
	Now  func() time.Time // the clock of the header and of ages
	Zone *time.Location   // of local times; nil: UTC

	Theme   theme.Choice
	NoClock bool // nothing changes on the screen by itself
	Mouse   bool // the mouse is ours, and the terminal's own selection is not

	Fold bool // repeats stand on one row; a view may say so as well
	Gaps bool // a row tells of a long time without entries

	Keys []Binding // see [Rebind]; nil: the keys of [Bindings]

	// Language is what the filter language has to know beside the clock: the trusted proxies, and what is marked.
	Language query.Env

	// Filter is what the screen starts with. History are the filters of before, newest last; Remember keeps one more, and
	// may be nil. It is called off the UI goroutine.
	Filter   string
	History  []string
	Remember func(text string) error

	// Clipboard puts a text on the clipboard of this machine, where there is one; it blocks. Copies is the directory for what no terminal
	// takes, the system's for temporary files if it is empty. Command is how this view can be started again.
	Clipboard func(text string) error
	Copies    string
	Command   Command

	// Marks keeps marks and notes, and has been loaded; nil: they end with the program.
	Marks *config.Marks
	Desk  Desk

	Watch []WatchRule // what is to be noticed
	Alarm Alarm       // and how

	// View is how the log is looked at first, saved under a name; nil: as it is without one. Filter takes the place of its filter.
	View     *config.View
	ViewName string
	Saved    *config.View // as it was saved, where View is not; nil: it is

	// Resume is the session to come back to, whose View is given as such; nil: none.
	Resume *config.Session
}

// NewModel makes the screen of a feed. The feed is run by others; ctx ends the commands that wait for it.
func NewModel(ctx context.Context, feed *Feed, o ModelOptions) *Model {
	if o.Keys == nil {
		o.Keys = Bindings()
	}
	m := &Model{
		feed:     feed,
		ctx:      ctx,
		clock:    o.Now,
		demo:     o.Demo,
		mouse:    o.Mouse,
		keys:     newKeymap(o.Keys),
		spoken:   o.Language,
		chosen:   o.Theme,
		look:     look{dark: true, profile: colorprofile.TrueColor, unicode: true},
		filter:   filterbar.New(),
		events:   events.New(),
		detail:   detail.New(),
		help:     help.New(),
		timeline: timeline.New(),

		principals: principals.New(),

		state: feed.State(),
		now:   o.Now(),
		times: views.Clock{Zone: o.Zone, Still: o.NoClock},

		commander: newCommander(o.Desk),

		dragged:  -1,
		search:   &search{feed: feed},
		forsake:  func() {},
		remember: o.Remember,
		copier:   copier{native: o.Clipboard, dir: o.Copies, seat: seat{plain: true}},
		started:  o.Command,
		marks:    newMarking(o.Marks),
		novelty:  novelty{news: new(store.News)},
		turns:    make(chan struct{}, max(runtime.GOMAXPROCS(0)-1, 1)),

		marksPane:  marks.New(),
		comparison: compare.New(),
	}
	m.marks.teach(&m.spoken)
	m.all = m.members()
	m.watching.setRules(o.Watch)
	m.watching.alarm = o.Alarm
	m.bar, m.overlay = m.newCommandbar(), m.help
	m.filter.SetHistory(o.History)
	if o.View != nil && o.Filter == "" {
		o.Filter = o.View.Filter
	}
	if q, err := query.Parse(o.Filter); err == nil {
		m.filter.SetFilter(o.Filter, q)
		m.committed = o.Filter
	}
	m.filter.SetOpenKey(m.keys.names(views.Filter))
	m.marksPane.SetMarkKeys(m.keys.names(views.Mark) + " marks the selected entry, " + m.keys.names(views.Note) + " writes a note on it.")
	m.events.SetFollowKeys(m.keys.names(views.Bottom, views.Hold))
	m.timeline.SetKeys(m.keys.names(views.Open), m.keys.both(views.ZoomIn, views.ZoomOut)+" zoom  "+m.keys.both(views.PrevInside, views.NextInside)+" jump")
	m.principals.SetHint(m.keys.names(views.Principals) + " to open, " + m.keys.names(views.SortPrev, views.SortNext) + " to sort")
	m.events.SetColumnHint(fmt.Sprintf("%s choose, %s move, %s width, %s hide, %s done",
		m.keys.both(views.Left, views.Right), m.keys.both(views.FarLeft, views.FarRight), m.keys.both(views.LessDeep, views.MoreDeep),
		m.keys.names(views.Bytes), m.keys.names(views.Close)))
	m.events.SetRepeatsKey(m.keys.names(views.Repeats))
	m.dress()
	m.focusOn(onList)
	m.pass()
	if o.View != nil {
		v := *o.View
		if v.Filter != m.committed {
			v.Filter = m.committed // --filter says otherwise
		}
		_, _ = m.lookAs(v) // its filter was read already
		m.saved = namedView{o.ViewName, *cmp.Or(o.Saved, o.View)}
	}
	m.folds, m.gaps = m.folds || o.Fold, m.gaps || o.Gaps
	m.wantArranged()
	if o.Resume != nil {
		m.resume(o.Resume)
	}
	return m
}

// Init asks the terminal for its background and starts to wait for news.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{tea.RequestBackgroundColor, m.next(time.Time{}), m.tick()}
	if q := m.filter.Query(); !q.Empty() {
		cmds = append(cmds, m.seek(q))
	}
	return tea.Batch(cmds...)
}

// View draws the screen from the cached views of its parts.
func (m *Model) View() tea.View {
	v := tea.NewView(m.draw())
	v.AltScreen = true
	v.WindowTitle = "taudit"
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	v.Cursor = m.cursor()
	return v
}

// feedMsg says that the feed has something new, and what the filter means of it.
type feedMsg struct {
	at    time.Time
	found found
}

// tickMsg says that a second of the clock has passed.
type tickMsg struct{}

// The least time between two feedMsgs. News after a pause are shown at once, and so is what a key does. While entries rush by the eye
// needs no more than a few pictures a second, and a slow line cannot bear more of a large screen. While the view is held a picture is
// small, and what has arrived is counted within a quarter of a second.
const (
	pace      = 220 * time.Millisecond
	largePace = 490 * time.Millisecond
	large     = 4000 // cells

	// firstPace is that of an empty screen, whose first entries are waited for.
	firstPace = 10 * time.Millisecond
)

func (m *Model) pace() time.Duration {
	if m.state.Store.Len() == 0 {
		return firstPace
	}
	if !m.events.Held() && m.width*m.height > large {
		return largePace
	}
	return pace
}

// next waits for news from the feed, the last of which came at last.
func (m *Model) next(last time.Time) tea.Cmd {
	ctx, dirty, pace := m.ctx, m.feed.Dirty(), m.pace()
	return func() tea.Msg {
		select {
		case <-dirty:
		case <-ctx.Done():
			return nil
		}
		if wait := pace - time.Since(last); wait > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return nil
			}
		}
		f, ok := m.search.extend(ctx)
		if !ok {
			return nil
		}
		return feedMsg{at: time.Now(), found: f}
	}
}

// tick waits for the next second of the clock to begin.
func (m *Model) tick() tea.Cmd {
	return m.after(time.Second-time.Duration(time.Now().Nanosecond()), tickMsg{})
}

// after gives a message when some time has passed, or nothing when the screen has ended by then.
func (m *Model) after(d time.Duration, msg tea.Msg) tea.Cmd {
	ctx := m.ctx
	return func() tea.Msg {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			return msg
		case <-ctx.Done():
			return nil
		}
	}
}

// dress puts on the theme that fits what is known of the terminal.
func (m *Model) dress() {
	m.theme = m.chosen.Theme(m.look.dark, m.look.profile).WithGlyphs(m.look.unicode)
	for _, p := range m.panes() {
		p.SetTheme(m.theme)
	}
	m.bar.SetTheme(m.theme)
	m.frame.forget()
}

func (m *Model) panes() []views.Pane {
	out := []views.Pane{m.filter, m.help, m.page}
	for _, p := range m.all {
		out = append(out, p.Pane)
	}
	return out
}

// pass hands the panes what is known now.
func (m *Model) pass() {
	m.held = m.events.Held()
	m.judged = m.state.Verdict(m.now, m.times)
	m.covers.renew(m.state, m.now, m.judged.Word, m.times.Still)
	d := views.Data{
		Now: m.now, Clock: m.times, Store: m.state.Store, Status: m.state.Status, Gaps: m.state.Gaps,
		Verdict: m.judged, About: m.state.About, Coverage: m.covers.text,
		Matches: m.found.matches, Filter: m.found.number, Query: m.found.query, Context: m.context, Why: m.found.why,
		Lines: m.found.lines, New: m.novelty.found.what, Loaded: m.novelty.found.loaded,
		Marks: m.marks.shown, Held: m.held, Find: find(m.env()), Alert: m.alert(),
	}
	m.filter.SetData(d)
	for _, p := range m.all {
		p.SetData(d)
	}
	m.followNews()
}

// cursor is where a person types, if anywhere.
func (m *Model) cursor() *tea.Cursor {
	switch {
	case m.helping && m.overlay == m.help:
		return m.help.Cursor()
	case m.covered():
		return nil
	case m.note != nil:
		return moved(tea.NewCursor(m.note.x, 0), m.areas.summary)
	case m.bar.Editing():
		return moved(m.bar.Cursor(), m.areas.filter)
	case m.filter.Editing():
		return moved(m.filter.Cursor(), m.areas.filter)
	}
	p, ok := m.areas.find(m.focus)
	if !ok {
		return nil
	}
	return moved(m.all[m.focus].Cursor(), p.inner())
}

// moved gives a pane's cursor its place on the screen.
func moved(c *tea.Cursor, area image.Rectangle) *tea.Cursor {
	if c == nil || area.Empty() {
		return nil
	}
	m := *c
	m.X += area.Min.X
	m.Y += area.Min.Y
	return &m
}

// covered tells whether something stands before the panes that takes every key.
func (m *Model) covered() bool { return m.helping || m.asking || m.question != nil }

// focused is the pane that gets the keys.
func (m *Model) focused() views.Pane {
	if m.helping {
		return m.overlay
	}
	return m.all[m.focus]
}

// darkGround guesses the background from COLORFGBG ("15;0"), which some terminals set and no answer is needed for. ok is false when it
// says nothing.
func darkGround(getenv func(string) string) (dark, ok bool) {
	v := getenv("COLORFGBG")
	ground, err := strconv.Atoi(v[strings.LastIndexByte(v, ';')+1:])
	if err != nil || ground < 0 || ground > 15 {
		return false, false
	}
	return ground < 7 || ground == 8, true
}

// unicodeLocale says whether the environment's locale writes UTF-8, by the rules of POSIX: LC_ALL, else LC_CTYPE, else LANG.
func unicodeLocale(getenv func(string) string) bool {
	if getenv("TERM") == "dumb" || getenv("TERM") == "linux" {
		return false
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}
