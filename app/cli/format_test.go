package cli_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"taudit/source"
	"taudit/source/audit"
)

// printed gives what print writes for one raw record.
func printed(t *testing.T, raw string, width int, args ...string) *world {
	t.Helper()
	w := newWorld(map[string]source.Source{"a": sends("a", batch(decode(raw, audit.Origin{Source: "the source"})))})
	w.width = width
	if code := w.run(t, append([]string{"print", "a"}, args...)...); code != 0 {
		t.Fatalf("exit code %d; %s", code, w.err)
	}
	return w
}

func TestJSONLIsTheBytesAsReceived(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{`{"operation" :"A","x":"é\u0041\/","y":1.50}`, ""},
		{"{\n  \"operation\": \"A\\\"\\\\\",\r\n\t\"x\": [1,\n2]\n}", "{  \"operation\": \"A\\\"\\\\\",\t\"x\": [1,2]}"},
		{"{\"operation\":\"a\u202eb\u009b2J\u007f\"}", ""},
	} {
		if c.want == "" {
			c.want = c.raw
		}
		if got := printed(t, c.raw, 0).out.String(); got != c.want+"\n" {
			t.Errorf("%q is printed as %q, want %q", c.raw, got, c.want)
		}
	}
}

func TestJSONLOnATerminalIsInert(t *testing.T) {
	raw := "{\"operation\":\"a\u202eb\u009b2J\u007f\u200b\U000e0041é漢\",\t\"x\":1}"
	got := printed(t, raw, 80).out.String()
	if want := `{"operation":"a\u202eb\u009b2J\u007f\u200b\udb40\udc41é漢", "x":1}` + "\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
	if a, b := decode(strings.TrimSpace(got), audit.Origin{}), decode(raw, audit.Origin{}); a.Operation != b.Operation {
		t.Errorf("it means %q, want %q", a.Operation, b.Operation)
	}
}

const hostile = `{"emit_time":"2026-11-20T11:59:58.5Z","operation":"=HYPERLINK(\"http://x\")","status":"ERROR","log_id":"-1+1",` +
	`"principal":{"type":"serviceaccount","name":"@sum\u001b[31m, \"x\"\n","api_key_id":"k"},"x_forwarded_for":"203.0.113.7, 10.1.1.1",` +
	`"async_operation_id":"\ttab","raw_details":{"namespace":"prod.a1b2c"}}`

func TestCSV(t *testing.T) {
	out := printed(t, hostile, 0, "--format", "csv").out.String()
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"time", "status", "operation", "principal", "type", "via", "target", "namespace", "address", "log_id", "request_id", "source", "marked", "note"},
		{
			"2026-11-20T11:59:58.5Z", "ERROR", `'=HYPERLINK("http://x")`, "'@sum\x1b[31m, \"x\"\n", "serviceaccount", "apikey",
			"prod.a1b2c", "prod.a1b2c", "203.0.113.7, 10.1.1.1", "'-1+1", "'\ttab", "the source", "", "",
		},
	}
	if len(rows) != 2 || !slices.Equal(rows[0], want[0]) || !slices.Equal(rows[1], want[1]) {
		t.Errorf("rows %q, want %q", rows, want)
	}
}

func TestFormatsOnATerminalAreInert(t *testing.T) {
	for _, format := range []string{"csv", "table"} {
		out := printed(t, hostile, 100, "--format", format).out.String()
		for _, r := range out {
			if r < ' ' && r != '\n' || r == 0x7f {
				t.Errorf("%s writes %q to a terminal", format, out)
				break
			}
		}
	}
}

func TestTable(t *testing.T) {
	raw := `{"emit_time":"2026-11-20T11:59:58Z","operation":"UpdateNamespace","status":"OK","principal":{"name":"user1@example.com"},"raw_details":{"namespace":"audit-log-test.example-dev"},"x_forwarded_for":"203.0.113.7"}`
	piped := printed(t, raw, 0, "--format", "table").out.String()
	want := "TIME UTC            RES OPERATION        PRINCIPAL         TARGET                     ADDRESS         VIA\n" +
		"2026-11-20 11:59:58 ok  UpdateNamespace  user1@example.com audit-log-test.example-dev 203.0.113.7     browser\n"
	if piped != want {
		t.Errorf("piped:\n%swant:\n%s", piped, want)
	}
	for _, width := range []int{1, 20, 40, 60, 80, 100, 130, 300} {
		lines := printed(t, raw, width, "--format", "table").out.lines()
		if len(lines) != 2 {
			t.Fatalf("%d cells: %q", width, lines)
		}
		for _, l := range lines {
			if got := ansi.StringWidth(l); got > width {
				t.Errorf("%d cells on a terminal of %d: %q", got, width, l)
			}
		}
	}
	if got := printed(t, `{"operation":"A"}`, 0, "--format", "table").out.lines()[1]; got != "-                   -   A                -              -            -               browser" {
		t.Errorf("an entry with nothing in it: %q", got)
	}
}

// TestTableKeepsWhatIsWide: without a terminal nothing is cut, also where it is wider than the rows that set the widths.
func TestTableKeepsWhatIsWide(t *testing.T) {
	many := make([]audit.Entry, 0, 600)
	for i := range 600 {
		many = append(many, entry(i))
	}
	long := decode(`{"emit_time":"2026-11-21T00:00:00Z","operation":"`+strings.Repeat("Long", 30)+`"}`, audit.Origin{})
	w := newWorld(map[string]source.Source{"a": sends("a", batch(append(many, long)...))})
	if code := w.run(t, "print", "a", "--format", "table"); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	lines := w.out.lines()
	if len(lines) != 602 || !strings.Contains(lines[601], strings.Repeat("Long", 30)) {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
	if !utf8.ValidString(w.out.String()) {
		t.Error("not UTF-8")
	}
}
