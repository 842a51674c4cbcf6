package app_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "taudit"

// room is one row of the import arrows: packages, what they may import from this module, and what they must not import from
// anywhere. A trailing "/..." stands for everything below; "outside" entries match a path and what is below it.
type room struct {
	packages []string
	may      []string
	outside  []string
}

func rooms() []room {
	const (
		charm = "charm.land"
		aws   = "github.com/aws"
	)
	adapters := []string{"source/kinesis", "source/s3", "source/file"}
	seen := []string{"source", "source/audit", "source/query", "source/store", "source/verdict", "theme"}
	common := []string{"app/config", "app/export", "app/expect"} // what the screen and the commands have in common
	return []room{
		{packages: []string{"theme"}, outside: []string{charm + "/bubbletea", charm + "/bubbles", aws}},
		{packages: []string{"source/audit"}, outside: []string{charm, aws}},
		{packages: []string{"source/query"}, may: []string{"source/audit"}, outside: []string{charm, aws}},
		{packages: []string{"source/store"}, may: []string{"source/audit"}, outside: []string{charm, aws}},
		{packages: []string{"source"}, may: []string{"source/audit"}, outside: []string{charm, aws}},
		{packages: []string{"source/verdict"}, may: []string{"source"}, outside: []string{charm, aws}},
		{packages: []string{"source/credentials"}, may: []string{"source"}, outside: []string{charm}},
		{packages: []string{"source/cloudwatch"}, outside: []string{charm}},
		{packages: adapters, may: []string{"source", "source/audit", "source/cloudwatch", "source/credentials"}, outside: []string{charm}},
		{packages: []string{"source/emulator"}, outside: []string{charm}},
		{packages: []string{"source/sourcetest"}, may: []string{"source", "source/audit"}, outside: []string{charm, aws}},
		{
			packages: []string{"source/demo"},
			may:      append([]string{"source", "source/audit", "source/emulator"}, adapters...),
			outside:  []string{charm},
		},
		{packages: []string{"views"}, may: seen, outside: []string{"os", "net", aws}},
		{packages: []string{"views/grid"}, may: append([]string{"views"}, seen...), outside: []string{"os", "net", aws}},
		{packages: []string{"views/..."}, may: append([]string{"views", "views/grid", "views/prompt"}, seen...), outside: []string{"os", "net", aws}},
		{packages: common, may: append([]string{"views", "views/grid"}, seen...), outside: []string{aws, charm}},
		{packages: []string{"app"}, may: append(append([]string{"views", "views/..."}, common...), seen...), outside: []string{aws}},
		{packages: []string{"app/..."}, may: append([]string{"app", "app/...", "views", "views/..."}, seen...), outside: []string{aws}},
		{packages: []string{"."}, may: append([]string{"app", "app/...", "source", "source/demo"}, adapters...), outside: []string{charm}},
	}
}

// helpers are what any test may import beside what its package may.
func helpers() []string { return []string{"source/emulator", "source/sourcetest", "source/verdict"} }

// file is one Go file of the module.
type file struct {
	path string // from the top, with slashes
	dir  string
	test bool
	ast  *ast.File
	text []byte
	fset *token.FileSet
}

func (f file) at(n ast.Node) string {
	return f.path + ":" + strconv.Itoa(f.fset.Position(n.Pos()).Line)
}

func top() string { return ".." }

// files gives every Go file of the module.
func files(t *testing.T) []file {
	t.Helper()
	var all []file
	fset := token.NewFileSet()
	err := filepath.WalkDir(top(), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); p != top() && (strings.HasPrefix(name, ".") || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(fset, p, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top(), p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		all = append(all, file{
			path: rel, dir: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go"), ast: tree, text: text, fset: fset,
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("found %d Go files from %s; the module has more", len(all), top())
	}
	return all
}

func matches(pattern, dir string) bool {
	if parent, ok := strings.CutSuffix(pattern, "/..."); ok {
		return strings.HasPrefix(dir, parent+"/")
	}
	return pattern == dir
}

func below(parent, p string) bool { return p == parent || strings.HasPrefix(p, parent+"/") }

// roomOf finds the row of a package: an exact one before a row for everything below.
func roomOf(dir string) (room, bool) {
	var found room
	ok := false
	for _, r := range rooms() {
		for _, p := range r.packages {
			if p == dir {
				return r, true
			}
			if matches(p, dir) {
				found, ok = r, true
			}
		}
	}
	return found, ok
}

// wrong says why a package may not have an import, or gives "".
func wrong(dir, imported string, test bool) string {
	r, ok := roomOf(dir)
	if !ok {
		return "package " + dir + " is in no row of the arrows"
	}
	own, ours := strings.CutPrefix(imported, module+"/")
	if ours {
		allowed := r.may
		if test {
			allowed = append(append([]string{dir}, helpers()...), r.may...)
		}
		if !slices.ContainsFunc(allowed, func(p string) bool { return matches(p, own) }) {
			return dir + " may not import " + imported
		}
		return ""
	}
	if !test && slices.ContainsFunc(r.outside, func(p string) bool { return below(p, imported) }) {
		return dir + " may not import " + imported
	}
	return ""
}

func TestArrows(t *testing.T) {
	for _, f := range files(t) {
		for _, spec := range f.ast.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if w := wrong(f.dir, p, f.test); w != "" {
				t.Errorf("%s: %s", f.at(spec), w)
			}
		}
	}
}

// TestArrowsTellWrong holds the check itself to what it is there for.
func TestArrowsTellWrong(t *testing.T) {
	for _, c := range []struct {
		dir, imported string
		test, ok      bool
	}{
		{dir: "theme", imported: "charm.land/lipgloss/v2", ok: true},
		{dir: "theme", imported: "charm.land/bubbletea/v2"},
		{dir: "theme", imported: "taudit/views"},
		{dir: "source/audit", imported: "taudit/source"},
		{dir: "source/audit", imported: "charm.land/lipgloss/v2"},
		{dir: "source/audit", imported: "github.com/aws/aws-sdk-go-v2/aws"},
		{dir: "source/store", imported: "taudit/source/audit", ok: true},
		{dir: "source/store", imported: "taudit/source"},
		{dir: "source/kinesis", imported: "github.com/aws/aws-sdk-go-v2/aws", ok: true},
		{dir: "source/kinesis", imported: "taudit/source/s3"},
		{dir: "source/kinesis", imported: "taudit/source/emulator"},
		{dir: "source/kinesis", imported: "taudit/source/emulator", test: true, ok: true},
		{dir: "source/demo", imported: "taudit/source/kinesis", ok: true},
		{dir: "views", imported: "os"},
		{dir: "views/events", imported: "net/http"},
		{dir: "views/events", imported: "taudit/views/grid", ok: true},
		{dir: "views/events", imported: "taudit/views/detail"},
		{dir: "views/events", imported: "taudit/source/kinesis"},
		{dir: "views/grid", imported: "taudit/app"},
		{dir: "app", imported: "taudit/views/events", ok: true},
		{dir: "app", imported: "taudit/source/file"},
		{dir: "app", imported: "taudit/app/cli"},
		{dir: "app", imported: "taudit/app/export", ok: true},
		{dir: "app/export", imported: "taudit/app"},
		{dir: "app/cli", imported: "taudit/app", ok: true},
		{dir: "app/cli", imported: "taudit/source/demo"},
		{dir: "app/cli", imported: "github.com/aws/aws-sdk-go-v2/aws"},
		{dir: ".", imported: "taudit/source/s3", ok: true},
		{dir: ".", imported: "taudit/theme"},
		{dir: "cellar", imported: "fmt"},
	} {
		if got := wrong(c.dir, c.imported, c.test); (got == "") != c.ok {
			t.Errorf("%s importing %s (test %v): %q, allowed should be %v", c.dir, c.imported, c.test, got, c.ok)
		}
	}
}

// TestViewsOnlyDraw: panes are told the time and start nothing, so that a frame depends on nothing but what they were given.
func TestViewsOnlyDraw(t *testing.T) {
	for _, f := range files(t) {
		if f.test || !below("views", f.dir) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: a go statement in %s", f.at(n), f.dir)
			case *ast.SelectorExpr:
				if isName(n, "time", "Now", "Since", "Until", "After", "Tick", "NewTimer", "NewTicker") {
					t.Errorf("%s: time.%s in %s", f.at(n), n.Sel.Name, f.dir)
				}
			}
			return true
		})
	}
}

// TestColoursAreInTheme: no other package names a colour.
func TestColoursAreInTheme(t *testing.T) {
	hex := regexp.MustCompile(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$`)
	sgr := regexp.MustCompile(`\x1b\[[0-9;:]*\b(3[0-9]|4[0-9]|9[0-7]|10[0-7])[0-9;:]*m`)
	for _, f := range files(t) {
		if f.test || below("theme", f.dir) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if isName(n, "lipgloss", "Color", "ANSIColor", "RGBColor", "NoColor", "LightDark", "Complete") ||
					isName(n, "color", "RGBA", "NRGBA", "Gray") || isName(n, "ansi", "BasicColor", "IndexedColor", "RGBColor", "HexColor") {
					t.Errorf("%s: a colour outside theme", f.at(n))
				}
			case *ast.BasicLit:
				if n.Kind != token.STRING {
					return true
				}
				s, err := strconv.Unquote(n.Value)
				if err != nil {
					t.Errorf("%s: %v", f.at(n), err)
				}
				if hex.MatchString(s) || sgr.MatchString(s) {
					t.Errorf("%s: the colour %q outside theme", f.at(n), s)
				}
			}
			return true
		})
	}
}

// TestSizeAndHabits: main.go only wires, files hold one job, nothing happens at import, and a test that cannot run fails.
func TestSizeAndHabits(t *testing.T) {
	for _, f := range files(t) {
		lines := bytes.Count(f.text, []byte("\n"))
		if f.path == "main.go" && lines > 100 {
			t.Errorf("main.go has %d lines; it wires and no more, in 100", lines)
		}
		if lines > 700 {
			t.Errorf("%s has %d lines; no file has more than 700", f.path, lines)
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					t.Errorf("%s: an init function", f.at(n))
				}
			case *ast.SelectorExpr:
				if f.test && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, n.Sel.Name) && isName(n, "t", n.Sel.Name) {
					t.Errorf("%s: a test that can skip proves nothing where it does", f.at(n))
				}
			}
			return true
		})
	}
}

// TestTopLevel: the rooms of the house are all there are.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(top())
	if err != nil {
		t.Fatal(err)
	}
	fixed := []string{"LICENSE", "README.md", "app", "go.mod", "go.sum", "main.go", "source", "theme", "views"}
	built := []string{"taudit", "taudit.exe"} // by go build, and ignored by git
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, ".") && !slices.Contains(fixed, name) && !slices.Contains(built, name) {
			t.Errorf("%s stands at the top and is none of %s", name, strings.Join(fixed, ", "))
		}
	}
	for _, name := range fixed {
		if !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == name }) {
			t.Errorf("%s is missing at the top", name)
		}
	}
}

// isName tells whether a selector is one of names of a package.
func isName(s *ast.SelectorExpr, pkg string, names ...string) bool {
	id, ok := s.X.(*ast.Ident)
	return ok && id.Name == pkg && slices.Contains(names, s.Sel.Name)
}
