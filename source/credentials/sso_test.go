package credentials

import (
	"crypto/sha1" //nolint:gosec // the name of the cached token's file, as the aws CLI makes it
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taudit/source"
)

// loginSSO writes what "aws sso login" leaves: a token for the session or start URL, good until a time.
func loginSSO(t *testing.T, key, token string, until time.Time) {
	t.Helper()
	dir := filepath.Join(os.Getenv("HOME"), ".aws", "sso", "cache")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]string{
		"accessToken": token, "expiresAt": until.UTC().Format(time.RFC3339), "region": "us-east-1", "startUrl": "https://corp.awsapps.com/start",
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha1.Sum([]byte(key)) //nolint:gosec // as above
	if err := os.WriteFile(filepath.Join(dir, hex.EncodeToString(sum[:])+".json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestSSOThatExpired: the login command is told, and once somebody has logged in elsewhere the same configuration has credentials.
func TestSSOThatExpired(t *testing.T) {
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("X-Amz-Sso_bearer_token") != "fresh" {
			w.Header().Set("X-Amzn-Errortype", "UnauthorizedException")
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"message":"Session token not found or invalid"}`)
			return
		}
		fmt.Fprintf(w, `{"roleCredentials":{"accessKeyId":"AKIDSSO","secretAccessKey":"s","sessionToken":"t","expiration":%d}}`,
			time.Now().Add(time.Hour).UnixMilli())
	}))
	defer portal.Close()
	for profile, key := range map[string]string{"sso": "corp", "oldsso": "https://corp.awsapps.com/start"} {
		for name, before := range map[string]func(t *testing.T){
			"never logged in":                  func(*testing.T) {},
			"expired":                          func(t *testing.T) { t.Helper(); loginSSO(t, key, "stale", time.Now().Add(-time.Hour)) },
			"logged out, which only AWS knows": func(t *testing.T) { t.Helper(); loginSSO(t, key, "stale", time.Now().Add(time.Hour)) },
		} {
			t.Run(profile+" "+name, func(t *testing.T) {
				home(t, profiles)
				t.Setenv("AWS_ENDPOINT_URL_SSO", portal.URL)
				t.Setenv("AWS_ENDPOINT_URL_SSO_OIDC", portal.URL)
				before(t)
				cfg, err := Load(t.Context(), source.Options{Profile: profile})
				if err != nil {
					t.Fatal(err)
				}
				_, err = cfg.Credentials.Retrieve(t.Context())
				want := fmt.Sprintf(`the SSO login of profile %q has expired or was never made: run "aws sso login --profile %s"`, profile, profile)
				if told := Explain(err, "kinesis:ListShards"); told == nil || !strings.HasPrefix(told.Error(), want) || !Refused(err) {
					t.Fatalf("got  %v (refused %v)\nwant %s", told, Refused(err), want)
				}
				loginSSO(t, key, "fresh", time.Now().Add(8*time.Hour))
				c, err := cfg.Credentials.Retrieve(t.Context())
				if err != nil || c.AccessKeyID != "AKIDSSO" {
					t.Errorf("after logging in: %q, %v", c.AccessKeyID, err)
				}
			})
		}
	}
}
