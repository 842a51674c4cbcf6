package cli_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"taudit/app"
	"taudit/app/config"
	"taudit/source"
)

func TestSessionOfTheScreen(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(map[string]source.Source{"kinesis://a": sends("a"), "s3://b": sends("b"), "s3://c": sends("c")})
	w.width = 80
	w.Env.Sessions = config.NewSessions(filepath.Join(dir, "sessions"))
	w.Env.Views = config.NewViews(filepath.Join(dir, "views.json"))
	if err := w.Env.Views.Save(t.Context(), "mine", config.View{Filter: "op:UserLogin"}); err != nil {
		t.Fatal(err)
	}
	var shown app.RunOptions
	w.Env.Screen = func(_ context.Context, _ *app.Feed, o app.RunOptions) error {
		shown = o
		if o.Desk.Session == nil {
			t.Fatal("no session is kept")
		}
		o.Desk.Session(config.Session{View: config.View{Filter: "is:error"}, ViewName: "mine", Focus: "sinks"})
		return nil
	}
	if code := w.run(t, "kinesis://a", "s3://b"); code != 0 || shown.Resume != nil {
		t.Fatalf("exit %d: %s", code, w.err)
	}
	// The same sources in any order are the same.
	if code := w.run(t, "s3://b", "kinesis://a", "--resume"); code != 0 {
		t.Fatalf("exit %d: %s", code, w.err)
	}
	if shown.Resume == nil || shown.Resume.Focus != "sinks" || shown.View.Filter != "is:error" || shown.ViewName != "mine" || shown.Saved.Filter != "op:UserLogin" {
		t.Errorf("%+v", shown.ModelOptions)
	}
	if code := w.run(t, "s3://c", "--resume"); code != 0 || shown.Resume != nil {
		t.Errorf("exit %d: other sources have the session too", code)
	}
	if code := w.run(t, "s3://b", "kinesis://a", "--resume", "--view", "mine"); code != 0 || shown.View.Filter != "op:UserLogin" || shown.Resume == nil {
		t.Errorf("exit %d: --view does not say how to look at it", code)
	}
	if code := w.run(t, "s3://c", "--view", "other"); code != 2 {
		t.Errorf("exit %d for a view that is not there", code)
	}
}

func TestWatchRulesOfTheScreen(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--watch", "destroys", "--watch", "prod=ns:prod -status:OK", "--alarm", "bell"}, 0, ""},
		{[]string{"--watch", "destroy"}, 2, "write NAME=FILTER, or one of destroys and denied"},
		{[]string{"--watch", "x=op:("}, 2, "the filter of x"},
		{[]string{"--watch", "x=a", "--watch", "x=b"}, 2, "two rules x"},
		{[]string{"--alarm", "loud"}, 2, "none of off, bell, notify"},
	} {
		w := newWorld(map[string]source.Source{"s3://c": sends("c")})
		w.width = 80
		if code := w.run(t, append([]string{"s3://c"}, c.args...)...); code != c.code || !strings.Contains(w.err.String(), c.want) {
			t.Errorf("%q: exit %d, %s", c.args, code, w.err)
		}
		if c.code == 0 && (len(w.shown.Watch) != 2 || w.shown.Watch[1] != (app.WatchRule{Name: "prod", Filter: "ns:prod -status:OK"}) || w.shown.Alarm != app.Bell) {
			t.Errorf("%q: %+v", c.args, w.shown.Watch)
		}
	}
}
