package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"taudit/app/config"
)

func TestParseWhen(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 30, 15, 500, time.FixedZone("", 3*3600)) // 09:30:15 in UTC
	utc := func(y int, m time.Month, d, h, min, s int) time.Time {
		return time.Date(y, m, d, h, min, s, 0, time.UTC)
	}
	for text, want := range map[string]time.Time{
		"":                          {},
		"now":                       now,
		"2h":                        now.Add(-2 * time.Hour),
		"-2h":                       now.Add(-2 * time.Hour),
		"1d6h":                      now.Add(-30 * time.Hour),
		"30m":                       now.Add(-30 * time.Minute),
		"1w":                        now.AddDate(0, 0, -7),
		" 90s ":                     now.Add(-90 * time.Second),
		"08:00":                     utc(2026, 11, 20, 8, 0, 0),
		"22:15:30":                  utc(2026, 11, 20, 22, 15, 30),
		"today":                     utc(2026, 11, 20, 0, 0, 0),
		"Yesterday":                 utc(2026, 11, 19, 0, 0, 0),
		"2023-11":                   utc(2023, 11, 1, 0, 0, 0),
		"2023-11-08":                utc(2023, 11, 8, 0, 0, 0),
		"2023-11-08T08:14":          utc(2023, 11, 8, 8, 14, 0),
		"2023-11-08 08:14":          utc(2023, 11, 8, 8, 14, 0),
		"2023-11-08T08:14:09z":      utc(2023, 11, 8, 8, 14, 9),
		"2023-11-08T08:14:09":       utc(2023, 11, 8, 8, 14, 9),
		"2023-11-08T08:14:09+02:00": utc(2023, 11, 8, 6, 14, 9),
		"2023-11-08T08:14+02:00":    utc(2023, 11, 8, 6, 14, 0),
	} {
		got, err := parseWhen(text, now)
		if err != nil || !got.Equal(want) {
			t.Errorf("%q is %v (%v), want %v", text, got, err, want)
		}
		if got.Location() != time.UTC {
			t.Errorf("%q is in %v", text, got.Location())
		}
	}
}

func TestParseWhenSuggests(t *testing.T) {
	for text, want := range map[string]string{
		"2hours":     "did you mean 2h?",
		"15 minutes": "did you mean 15m?",
		"3 days ago": "did you mean 3d?",
		"30":         "did you mean 30m, 30h or 30d?",
		"2023/11/8":  "did you mean 2023-11-08?",
		"todya":      "did you mean today?",
		"25:00":      "a time of day (08:00)",
		"2023-13-01": "a date (2023-11-08)",
		"0":          "did you mean 0m",
		"soon":       "is no time.",
	} {
		if _, err := parseWhen(text, time.Unix(0, 0)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v lacks %q", text, err, want)
		}
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"2h", "-1d6h", "08:00", "yesterday", "2023-11-08T08:14:09.5+02:00", "99999999999h", "1.5d", "µs", "\xff", ""} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		at, err := parseWhen(s, now)
		if err != nil && !strings.Contains(err.Error(), "is no time") {
			t.Errorf("%q: %v does not say what is wrong", s, err)
		}
		if err == nil && at.Location() != time.UTC {
			t.Errorf("%q is in %v", s, at.Location())
		}
	})
}

// TestEveryFlagHasItsKey: what can be said on the command line can be configured by the same name, and nothing else.
func TestEveryFlagHasItsKey(t *testing.T) {
	root := newRoot(&Env{})
	schema := schemaOf(root)
	values := map[config.Kind]string{config.Text: `"x"`, config.Number: "3", config.Switch: "true", config.List: `["x"]`}
	for _, c := range append(root.Commands(), root) {
		if c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		table, count := "command."+c.Name(), 0
		if c == root {
			table = "defaults"
		}
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name == "help" || f.Name == "version" {
				return
			}
			count++
			value := values[kindOf(f)]
			if f.Value.Type() == "duration" {
				value = `"1m"`
			}
			text := "[" + table + "]\n" + f.Name + " = " + value + "\n"
			file, err := config.Parse("c", []byte(text), schema)
			if err != nil {
				t.Errorf("%s: %v", text, err)
				return
			}
			list := file.Defaults
			if c != root {
				list = file.Commands[c.Name()]
			}
			if err := setFlag(f, list[f.Name].Texts); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		})
		if want := len(schema.Commands[c.Name()]); c != root && count != want {
			t.Errorf("%s has %d flags and %d keys", c.Name(), count, want)
		}
	}
}
