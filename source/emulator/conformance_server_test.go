//go:build conformance

package emulator_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// kinesisLocalDir names the environment variable with the folder of the npm package kinesis-local (its main.js).
const kinesisLocalDir = "TAUDIT_KINESIS_LOCAL"

// startKinesisLocal runs kinesis-local on loopback until the test ends and gives a client of it. It needs node on the path.
func startKinesisLocal(t *testing.T) *kinesis.Client {
	t.Helper()
	dir := os.Getenv(kinesisLocalDir)
	if dir == "" {
		t.Fatalf("%s is not set: it names the folder node_modules/kinesis-local of npm install kinesis-local@0.6.2", kinesisLocalDir)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatalf("conformance needs node: %v", err)
	}
	preload, err := filepath.Abs(filepath.Join("testdata", "loopback.cjs"))
	if err != nil {
		t.Fatal(err)
	}
	tls, plain := freePort(t), freePort(t)
	output := &lockedBuffer{}
	cmd := exec.Command(node, "-r", preload, filepath.Join(dir, "main.js"))
	cmd.Dir = t.TempDir()
	cmd.Stdout, cmd.Stderr = output, output
	cmd.Env = append(os.Environ(),
		"KINESIS_MOCK_CERT_PATH="+filepath.Join(dir, "server.json"), // its default is relative to the working directory
		"KINESIS_MOCK_TLS_PORT="+strconv.Itoa(tls), "KINESIS_MOCK_PLAIN_PORT="+strconv.Itoa(plain),
		"LOAD_DATA_IF_EXISTS=false", "SHARD_LIMIT=500", "LOG_LEVEL=WARN",
		"CREATE_STREAM_DURATION=20ms", "DELETE_STREAM_DURATION=20ms", "SPLIT_SHARD_DURATION=20ms",
		"MERGE_SHARDS_DURATION=20ms", "UPDATE_SHARD_COUNT_DURATION=20ms",
	)
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting kinesis-local: %v", err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("stopping kinesis-local: %v", err)
		}
		<-exited
	})
	url := fmt.Sprintf("http://127.0.0.1:%d", plain)
	client := transport(t)
	for deadline := time.Now().Add(time.Minute); ; {
		resp, err := client.Get(url + "/healthcheck")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return kinesisClient(t, url)
			}
			err = fmt.Errorf("health check: %s", resp.Status)
		}
		select {
		case problem := <-exited:
			exited <- problem
			t.Fatalf("kinesis-local ended: %v\n%s", problem, output)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("kinesis-local does not answer: %v\n%s", err, output)
		}
	}
}

// freePort finds a port that nothing listens on. Another process may take it before the server does, which then ends and
// fails the test.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// lockedBuffer is written by the command's goroutines while the test may read it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
