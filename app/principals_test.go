package app

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"taudit/source"
	"taudit/source/audit"
)

func TestPrincipals(t *testing.T) {
	all := morning(t)
	for _, c := range []struct {
		name string
		then func(t testing.TB, m *Model)
	}{
		{"frozen", func(t testing.TB, m *Model) {
			hit(t, m, "2")
			more(t, m, source.Event{Entries: all[9:]})
		}},
		{"page", func(t testing.TB, m *Model) { hit(t, m, "2", "l") }},
		{"zoomed", func(t testing.TB, m *Model) { hit(t, m, "2", "l", "f") }},
		{"filtered", func(t testing.TB, m *Model) { hit(t, m, "2", "enter") }},
	} {
		for _, size := range sizes {
			w, h := size[0], size[1]
			t.Run(fmt.Sprintf("%s/%dx%d", c.name, w, h), func(t *testing.T) {
				m := screen(t, w, h, ModelOptions{}, script{name: "kinesis audit-prod/us-east-1", events: []source.Event{{Entries: all[:9]}, live("1")}})
				c.then(t, m)
				golden.RequireEqual(t, lines(t, m, w, h))
			})
		}
	}
}

func TestWhatIsNewIsFound(t *testing.T) {
	all := morning(t)
	var days []audit.Entry
	for i := range 30 {
		e := all[i%8]
		e.EmitTime = e.EmitTime.Add(-time.Duration(30-i) * 24 * time.Hour)
		e.LogID = fmt.Sprint("day-", i)
		e.Raw = strings.Replace(e.Raw, all[i%8].LogID, e.LogID, 1)
		days = append(days, e)
	}
	synctest.Test(t, func(t *testing.T) {
		m := screen(t, 120, 40, ModelOptions{}, script{name: "kinesis audit-prod/us-east-1", events: []source.Event{{Entries: append(days, all...)}, live("1")}})
		filterBy(t, m, "is:new")
		var got []string
		for i := range m.found.matches.Len() {
			got = append(got, m.found.matches.At(i).Time().Format("15:04:05"))
		}
		// Eight entries of the morning are like those of the days before; of the others each is the first of its kind.
		if want := "08:44:20 09:02:13 09:02:41 09:11:37 09:14:58 09:15:10 09:20:22 09:20:40 09:20:48"; strings.Join(got, " ") != want {
			t.Errorf("%v\nwant %s", got, want)
		}
		filterBy(t, m, "-is:new since:2023-11-08")
		if n := m.found.matches.Len(); n != 8 {
			t.Errorf("%d are not new", n)
		}
	})
}
