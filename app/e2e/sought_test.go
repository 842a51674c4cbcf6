//go:build e2e

package e2e_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSoughtEntriesAreAllPrinted prints what filters mean of a history of which most entries are only skimmed, and what they mean where that
// cannot be done, because marks and notes have a say.
func TestSoughtEntriesAreAllPrinted(t *testing.T) {
	dir := t.TempDir()
	bin, file, objects := filepath.Join(dir, "taudit"), filepath.Join(dir, "history.jsonl"), filepath.Join(dir, "objects")
	for _, args := range [][]string{
		{"go", "build", "-o", bin, "taudit"},
		{bin, "demo", "--jsonl", file, "--entries", "20000", "--seed", "7"},
		{bin, "demo", "--write", objects, "--entries", "20000", "--seed", "7"},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	print := func(from string, which ...string) (entries, counts string) {
		cmd := exec.Command(bin, append([]string{"print", from, "--now", "2026-11-20T14:00"}, which...)...)
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s: %v: %s", which, err, &said)
		}
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		return out.String(), lines[len(lines)-1]
	}
	for _, from := range []string{file, objects} {
		for _, filter := range []string{
			"who:terraform is:error since:2026-11-13", "terraform", "op:DeleteNamespace", "op:*apikey* since:7d", "ns:prod* OR who:leila*", "status:OK -who:terraform until:20d",
		} {
			entries, counts := print(from, "-f", filter)
			whole, all := print(from, "-f", "("+filter+") -is:noted")
			if entries != whole || counts != all {
				t.Errorf("%s of %s: %d bytes, %s; want %d bytes, %s", filter, from, len(entries), counts, len(whole), all)
			}
		}
		entries, _ := print(from, "--since", "2026-11-12", "--until", "2026-11-14T06:00")
		if whole, _ := print(from, "-f", "since:2026-11-12 until:2026-11-14T06:00 -is:noted"); entries != whole || entries == "" {
			t.Errorf("two days of %s: %d bytes, want %d", from, len(entries), len(whole))
		}
	}
}
