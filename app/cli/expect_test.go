package cli_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"taudit/app/cli"
	"taudit/source"
	"taudit/source/audit"
)

// arriving is a source that is live from the start, gets entries after some time, and then stays as it is.
func arriving(after time.Duration, state source.State, operations ...string) script {
	return script{"kinesis s", func(ctx context.Context, out chan<- source.Event) error {
		status := &source.Status{Source: "kinesis s", Part: "shardId-000000000001", State: source.Live, LastSuccess: time.Now()}
		if err := send(ctx, out, source.Event{Status: status}); err != nil {
			return err
		}
		select {
		case <-time.After(after):
		case <-ctx.Done():
			return ctx.Err()
		}
		last := *status
		if last.State = state; state == source.Failing {
			last.Err = errors.New("access was refused")
		}
		var list []audit.Entry
		for i, op := range operations {
			list = append(list, decode(fmt.Sprintf(`{"emit_time":%q,"operation":%q,"status":"OK","log_id":"x-%d","principal":{"name":"alice\u001b[2J"},"raw_details":{"namespace":"prod.a1b2c"}}`,
				time.Now().Add(-time.Minute).Format(time.RFC3339), op, i), audit.Origin{Source: "kinesis s", Arrived: time.Now()}))
		}
		if err := send(ctx, out, source.Event{Entries: list, Status: &last}); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	}}
}

func TestExpect(t *testing.T) {
	for _, c := range []struct {
		name   string
		source source.Source
		args   []string
		code   int
		out    string
		took   time.Duration
	}{
		{
			"seen", arriving(110*time.Second, source.Live, "DeleteUser", "UpdateNamespace"),
			[]string{"op:UpdateNamespace ns:prod"},
			0,
			"2000-01-01 00:00:50Z alice\\x1b[2J: Updated namespace prod.a1b2c\nseen after 1m50s, accepted\n", 110 * time.Second,
		},
		{
			"seen although it fails now", arriving(110*time.Second, source.Failing, "UpdateNamespace"),
			[]string{"op:UpdateNamespace within:2m"},
			0,
			"2000-01-01 00:00:50Z alice\\x1b[2J: Updated namespace prod.a1b2c\nseen after 1m50s, accepted\n", 110 * time.Second,
		},
		{"not seen", arriving(time.Minute, source.Live), []string{"op:UpdateNamespace", "--within", "10m"}, 1, "not seen in 10 min; source healthy, quiet\n", 10 * time.Minute},
		{"others seen", arriving(2*time.Minute, source.Live, "DeleteUser"), []string{"op:UpdateNamespace", "--within", "150s"}, 1, "not seen in 2m30s; source healthy, 1 other entry\n", 150 * time.Second},
		{"too late", arriving(3*time.Minute, source.Live, "UpdateNamespace"), []string{"op:UpdateNamespace within:2m"}, 1, "not seen in 2 min; source healthy, quiet\n", 2 * time.Minute},
		{"from before", arriving(30*time.Second, source.Live, "UpdateNamespace"), []string{"op:UpdateNamespace", "--within", "5m"}, 1, "not seen in 5 min; source healthy, quiet\n", 5 * time.Minute},
		{
			"from before, which counts", arriving(30*time.Second, source.Live, "UpdateNamespace"),
			[]string{"op:UpdateNamespace", "--since", "2m"},
			0,
			"1999-12-31 23:59:30Z alice\\x1b[2J: Updated namespace prod.a1b2c\nseen after 30s, accepted\n", 30 * time.Second,
		},
		{
			"not healthy", arriving(time.Minute, source.Failing),
			[]string{"op:UpdateNamespace"},
			3,
			"not seen in 10 min, but the source was not healthy, so it may have happened: kinesis s: access was refused\n", 10 * time.Minute,
		},
		{"catching up", arriving(time.Minute, source.CatchingUp), []string{"op:UpdateNamespace"}, 3, "not seen in 10 min, but the source was not healthy, so it may have happened: kinesis s: catching up\n", 10 * time.Minute},
		{"ended", sends("file", batch(entry(1))), []string{"op:UpdateNamespace"}, 1, "not seen, and nothing more will come; source healthy, 1 other entry\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(map[string]source.Source{"kinesis://s": c.source})
				w.Now = time.Now
				began := time.Now()
				args := append([]string{"expect"}, c.args...)
				if code := w.run(t, append(args, "kinesis://s")...); code != c.code || w.out.String() != c.out {
					t.Errorf("exit code %d, %q; want %d, %q; %s", code, w.out, c.code, c.out, w.err)
				}
				if took := time.Since(began); took != c.took {
					t.Errorf("it took %v, want %v", took, c.took)
				}
				if !w.asked.Follow || w.asked.Since.After(began) {
					t.Errorf("asked for %+v", w.asked)
				}
			})
		})
	}
}

func TestExpectInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(map[string]source.Source{"kinesis://s": arriving(time.Hour, source.Live)})
		w.Now = time.Now
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if code := cli.Run(ctx, []string{"expect", "op:x", "kinesis://s"}, w.Env); code != 3 || w.out.String() != "" || !strings.Contains(w.err.String(), "interrupted before it was seen") {
			t.Errorf("exit code %d, %q; %s", code, w.out, w.err)
		}
	})
}

func TestExpectationsThatCannotBeMeant(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"op:x"}, "needs a FILTER and a SOURCE"},
		{[]string{"", "a"}, "the filter is empty"},
		{[]string{"within:5m", "a"}, "the filter is empty"},
		{[]string{"op:(x", "a"}, "FILTER: missing ) at col 6"},
		{[]string{"op:x within:soon", "a"}, "within:soon is no duration"},
		{[]string{"op:x within:5m", "a", "--within", "5m"}, "choose one"},
		{[]string{"op:x", "a", "--within", "-1m"}, "--within"},
		{[]string{"op:x", "a", "--since", "soon"}, "--since"},
	} {
		w := newWorld(map[string]source.Source{"a": sends("a", batch(entry(1)))})
		if code := w.run(t, append([]string{"expect"}, c.args...)...); code != 2 || !strings.Contains(w.err.String(), c.says) {
			t.Errorf("%q: exit code %d; %s", c.args, code, w.err)
		}
	}
}

func TestExpectOfAProfile(t *testing.T) {
	w := newWorld(map[string]source.Source{"b": sends("b", batch(entry(1)))})
	w.configure(t, "[profile.prod]\nsources = [\"b\"]\n[command.expect]\nwithin = \"1m\"\n")
	if code := w.run(t, "expect", "prod", "prod"); code != 1 || strings.Join(w.refs, " ") != "b" {
		t.Errorf("exit code %d, opened %q; %s", code, w.refs, w.err)
	}
}
