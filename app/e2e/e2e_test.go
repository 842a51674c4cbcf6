//go:build e2e

// Package e2e_test drives the built program as a person does: in a real terminal, against servers that speak the protocols of AWS.
package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"taudit/source/emulator"
)

const stream = "audit-prod"

// aws is the environment of a person with credentials; the emulator does not look at them.
func aws() []string {
	return []string{"AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret"}
}

// serve starts a Kinesis server with an empty stream.
func serve(t *testing.T) (k *emulator.Kinesis, url string) {
	t.Helper()
	k = emulator.NewKinesis(emulator.KinesisOptions{})
	if err := k.CreateStream(stream, 2); err != nil {
		t.Fatal(err)
	}
	url, err := emulator.Serve(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	return k, url
}

// put writes an entry to the stream.
func put(t *testing.T, k *emulator.Kinesis, operation, logID string) string {
	t.Helper()
	raw := fmt.Sprintf(`{"emit_time":%q,"operation":%q,"status":"OK","log_id":%q,"principal":{"type":"user","id":"u-1","name":"user2@example.com"},`+
		`"raw_details":{"user_id":"0b741c47-e093-47d1-9b74-f2359129f78f"},"x_forwarded_for":"203.0.113.9"}`,
		time.Now().UTC().Format(time.RFC3339Nano), operation, logID)
	if _, _, err := k.Put(stream, logID, []byte(raw)); err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestTaudit builds the program once, with the race detector, and uses it in every way.
func TestTaudit(t *testing.T) {
	bin := build(t)
	t.Run("screen", func(t *testing.T) { testScreen(t, bin) })
	t.Run("demo", func(t *testing.T) { testDemo(t, bin) })
	t.Run("terminated", func(t *testing.T) { testTerminated(t, bin) })
	t.Run("pipes", func(t *testing.T) { testPipes(t, bin) })
	t.Run("seam", func(t *testing.T) { testSeam(t, bin) })
}

func testScreen(t *testing.T, bin string) {
	k, url := serve(t)
	dir := t.TempDir()
	term := newTerminal(t, dir, 80, 24, aws()...)
	log := filepath.Join(dir, "log")
	open := fmt.Sprintf("%s kinesis://%s --endpoint-url %s --region us-east-1 --log %s", bin, stream, url, log)

	// An entry put on the stream appears.
	term.command(open)
	term.fits(80, 24, "LIVE", "audit-prod")
	put(t, k, "DeleteUser", "log-1")
	term.fits(80, 24, "LIVE", "DeleteUser", "user2@example.com")
	put(t, k, "CreateNamespace", "log-2")
	term.fits(80, 24, "LIVE", "DeleteUser", "CreateNamespace")

	// It can be opened: the sentence, the tree, the path of the focused value.
	term.keys("k", "Enter")
	term.fits(80, 24, "HELD", "Deleted user 0b741c47-e093-47d1-9b74-f2359129f78f", `"log-1"`)
	path := regexp.MustCompile(`(?m)^\s*\.operation\s*$`)
	for range 20 {
		if path.MatchString(term.screen()) {
			break
		}
		term.keys("j")
		time.Sleep(100 * time.Millisecond)
	}
	term.wait("path .operation", path.MatchString)

	// What arrives meanwhile is counted and moves nothing.
	put(t, k, "UpdateAccount", "log-3")
	term.see("1 new", "Deleted user")

	// Any size is drawn.
	for _, size := range [][2]int{{120, 40}, {60, 15}, {200, 60}, {80, 24}} {
		term.resize(size[0], size[1])
		term.fits(size[0], size[1], "DeleteUser", "HELD")
	}
	term.resize(40, 10)
	term.see("taudit needs 60x15, have 40x10")
	term.resize(80, 24)
	term.fits(80, 24, "Deleted user", "HELD")

	// The help stands on the binding table.
	term.keys("?")
	term.see("half a page down", "Ctrl-D")
	term.keys("q")
	term.fits(80, 24, "Deleted user")

	// Back, follow again, and quit by asking twice.
	term.keys("q")
	term.fits(80, 24, "CreateNamespace", "TIME")
	term.keys("G")
	term.fits(80, 24, "LIVE", "UpdateAccount")
	term.keys("q")
	term.see("Quit taudit?")
	term.keys("q")
	term.restored(0)
	if s := term.screen(); strings.Contains(s, "Quit taudit?") {
		t.Errorf("the alternate screen was not left:\n%s", s)
	}

	// At once, from the detail.
	term.command("clear; " + open)
	term.fits(80, 24, "LIVE", "UpdateAccount")
	term.keys("Enter")
	term.fits(80, 24, "HELD")
	term.keys("Q")
	term.restored(0)

	checkLog(t, log)
}

// checkLog: each line is a JSON object.
func checkLog(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) < 2 {
		t.Errorf("the log has %d lines:\n%s", len(lines), text)
	}
	for _, l := range lines {
		if !json.Valid([]byte(l)) {
			t.Errorf("the log has a line that is no JSON: %q", l)
		}
	}
}

func testDemo(t *testing.T, bin string) {
	term := newTerminal(t, t.TempDir(), 120, 40)
	term.command(bin + " --demo-pace 500ms")
	rows := regexp.MustCompile(`\d\d:\d\d:\d\d (ok|ERR) `)
	s := term.wait("demo with entries", func(s string) bool {
		return strings.Contains(s, "DEMO") && strings.Contains(s, "LIVE") && len(rows.FindAllString(s, -1)) > 10
	})
	count := regexp.MustCompile(`Events ([\d,]+)`)
	before := count.FindString(s)
	if before == "" {
		t.Fatalf("no count of entries:\n%s", s)
	}
	term.wait("new entries", func(s string) bool { return count.FindString(s) != "" && count.FindString(s) != before })
	term.keys("Q")
	term.restored(0)
}

// testTerminated: a signal ends the screen as a key does.
func testTerminated(t *testing.T, bin string) {
	k, url := serve(t)
	put(t, k, "DeleteUser", "log-1")
	dir := t.TempDir()
	term := newTerminal(t, dir, 80, 24, aws()...)
	term.command(fmt.Sprintf("sh -c 'echo $$ > pid; exec %s kinesis://%s --endpoint-url %s --region us-east-1'", bin, stream, url))
	term.fits(80, 24, "LIVE", "DeleteUser")
	pid, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("kill", "-TERM", strings.TrimSpace(string(pid))).CombinedOutput(); err != nil {
		t.Fatalf("kill: %v: %s", err, out)
	}
	term.restored(0)
}

// run is the program without a terminal.
func run(t *testing.T, bin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.Command(bin, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AWS_EC2_METADATA_DISABLED=true"}, aws()...)
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	if e := cmd.Run(); e != nil && cmd.ProcessState == nil {
		t.Fatal(e)
	}
	return out.String(), err.String(), cmd.ProcessState.ExitCode()
}

func testPipes(t *testing.T, bin string) {
	k, url := serve(t)
	first := put(t, k, "DeleteUser", "log-1")
	second := put(t, k, "CreateNamespace", "log-2")
	at := []string{"--endpoint-url", url, "--region", "us-east-1"}

	t.Run("print", func(t *testing.T) {
		out, errs, code := run(t, bin, append([]string{"print", "kinesis://" + stream}, at...)...)
		if out != first+"\n"+second+"\n" || code != 0 || !covered(errs, "2 shards", "read=2 printed=2 duplicates=0 bad=0 gaps=0") {
			t.Errorf("exit code %d, standard output %q, standard error %q", code, out, errs)
		}
	})
	t.Run("no screen", func(t *testing.T) {
		out, errs, code := run(t, bin)
		if out != "" || code != 2 || !strings.Contains(errs, "taudit print") || strings.Contains(errs, "\x1b") {
			t.Errorf("exit code %d, standard output %q, standard error %q", code, out, errs)
		}
	})
	t.Run("a stream that is not there", func(t *testing.T) {
		out, errs, code := run(t, bin, append([]string{"print", "kinesis://nowhere"}, at...)...)
		if out != "" || code != 3 || !strings.Contains(errs, "nowhere") {
			t.Errorf("exit code %d, standard output %q, standard error %q", code, out, errs)
		}
	})
	t.Run("a reader that has enough", func(t *testing.T) {
		out, errs, code := run(t, "sh", "-c", bin+" demo --jsonl - --entries 5000 | head -n 1; "+bin+" demo --jsonl - --entries 300 | "+bin+" print - --limit 1")
		if strings.Count(out, "\n") != 2 || code != 0 || !strings.Contains(errs, "read=300 printed=1 duplicates=0 bad=0 gaps=0\n") ||
			strings.Contains(strings.ToLower(errs), "pipe") {
			t.Errorf("exit code %d, standard output %q, standard error %q", code, out, errs)
		}
	})
	t.Run("follow until interrupted", func(t *testing.T) {
		cmd := exec.Command(bin, append([]string{"print", "-F", "kinesis://" + stream}, at...)...)
		cmd.Env = append([]string{"HOME=" + t.TempDir(), "AWS_EC2_METADATA_DISABLED=true"}, aws()...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := json.NewDecoder(pipe)
		var got []string
		for i := range 3 {
			if i == 2 {
				put(t, k, "UpdateAccount", "log-3")
			}
			var e struct {
				Operation string `json:"operation"`
			}
			if err := lines.Decode(&e); err != nil {
				t.Fatalf("%v after %v; %s", err, got, errs.String())
			}
			got = append(got, e.Operation)
		}
		if want := "DeleteUser CreateNamespace UpdateAccount"; strings.Join(got, " ") != want {
			t.Errorf("printed %v, want %s", got, want)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("after an interrupt: %v, want exit code 0; %s", err, errs.String())
		}
		if !covered(errs.String(), "2 shards", "read=3 printed=3 duplicates=0 bad=0 gaps=0") {
			t.Errorf("standard error %q", errs.String())
		}
	})
}

// covered tells whether print has said what of the time is covered, naming something, and then the counts, and nothing else.
func covered(said, what, counts string) bool {
	lines := strings.Split(said, "\n")
	return len(lines) == 3 && strings.HasPrefix(lines[0], "taudit: ") && strings.Contains(lines[0], what) && lines[1] == counts && lines[2] == ""
}
