package kinesis

import (
	"context"
	"crypto/sha1" //nolint:gosec // the name of the cached token's file, as the aws CLI makes it
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taudit/source"
	"taudit/source/emulator"
)

// TestReadingGoesOnAfterALogin: a stream whose SSO login has expired says how to log in, and is read as soon as somebody has done that elsewhere.
func TestReadingGoesOnAfterALogin(t *testing.T) {
	home := t.TempDir()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(home, ".aws", "config"))
	write := func(path, text string) {
		t.Helper()
		path = filepath.Join(home, ".aws", path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	login := func(until time.Time) {
		sum := sha1.Sum([]byte("corp")) //nolint:gosec // as above
		write(filepath.Join("sso", "cache", hex.EncodeToString(sum[:])+".json"),
			fmt.Sprintf(`{"accessToken":"token","expiresAt":%q}`, until.UTC().Format(time.RFC3339)))
	}
	write("config", `[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
[profile ro]
region = us-east-1
sso_session = corp
sso_account_id = 123456789012
sso_role_name = reader
`)
	login(time.Now().Add(-time.Hour))

	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"roleCredentials":{"accessKeyId":"AKIDSSO","secretAccessKey":"s","sessionToken":"t","expiration":%d}}`, time.Now().Add(time.Hour).UnixMilli())
	}))
	defer portal.Close()
	t.Setenv("AWS_ENDPOINT_URL_SSO", portal.URL)
	server := emulator.NewKinesis(emulator.KinesisOptions{})
	if err := server.CreateStream("audit", 1); err != nil {
		t.Fatal(err)
	}
	if _, _, err := server.Put("audit", "a", []byte(`{"operation":"UpdateUser","log_id":"1"}`)); err != nil {
		t.Fatal(err)
	}
	url, err := emulator.Serve(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}

	opened, err := Open(t.Context(), "kinesis://audit", source.Options{Profile: "ro", EndpointURL: url, Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	s := opened[0].(*Stream) //nolint:forcetypeassert // it is what Open opens
	s.tempo.retry = time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	out := make(chan source.Event)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, out) }()
	defer func() {
		cancel()
		<-ended
	}()
	said := ""
	for {
		select {
		case e := <-out:
			if e.Status != nil && e.Status.State == source.Failing && said == "" {
				said = e.Status.Err.Error()
				login(time.Now().Add(8 * time.Hour))
			}
			if len(e.Entries) == 0 {
				continue
			}
			if want := `run "aws sso login --profile ro"`; !strings.Contains(said, want) {
				t.Errorf("before it was read it said %q, want %q", said, want)
			}
			return
		case err := <-ended:
			ended <- err
			t.Fatalf("Run ended with %v", err)
		case <-time.After(20 * time.Second):
			t.Fatalf("nothing was read; it said %q", said)
		}
	}
}
