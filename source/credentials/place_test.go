package credentials

import (
	"strings"
	"testing"

	"taudit/source"
)

const places = profiles + `
[profile sso]
region = eu-west-1
sso_account_id = 210987654321
sso_role_name = reader
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1

[profile named]
aws_access_key_id = AKIDNAMED
aws_secret_access_key = secret
aws_account_id = 111122223333
`

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		name            string
		env             map[string]string
		o               source.Options
		region, account string
	}{
		{"the default profile", nil, source.Options{}, "eu-central-1", ""},
		{"a flag before the profile", nil, source.Options{Region: "ap-south-1"}, "ap-south-1", ""},
		{"the environment before the profile", map[string]string{"AWS_REGION": "sa-east-1"}, source.Options{}, "sa-east-1", ""},
		{"a role's account", nil, source.Options{Profile: "role"}, "us-west-2", "123456789012"},
		{"an account of SSO", nil, source.Options{Profile: "sso"}, "eu-west-1", "210987654321"},
		{"an account by its number", map[string]string{"AWS_PROFILE": "named"}, source.Options{Region: "x"}, "x", "111122223333"},
		{"keys of the environment are of no profile's account", map[string]string{"AWS_PROFILE": "sso", "AWS_ACCESS_KEY_ID": "AKID"}, source.Options{}, "eu-west-1", ""},
		{"keys of the environment with their account", map[string]string{"AWS_ACCOUNT_ID": "444455556666", "AWS_ACCESS_KEY_ID": "AKID"}, source.Options{}, "eu-central-1", "444455556666"},
		{"a profile by a flag before keys of the environment", map[string]string{"AWS_ACCOUNT_ID": "444455556666", "AWS_ACCESS_KEY_ID": "AKID"}, source.Options{Profile: "sso"}, "eu-west-1", "210987654321"},
		{"a profile that is not there", nil, source.Options{Profile: "nobody"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			home(t, places)
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			if region, account := Place(t.Context(), c.o); region != c.region || account != c.account {
				t.Errorf("region %q and account %q, want %q and %q", region, account, c.region, c.account)
			}
		})
	}
}

func TestWho(t *testing.T) {
	for _, c := range []struct {
		name string
		env  map[string]string
		o    source.Options
		want string
	}{
		{"a profile", nil, source.Options{Profile: "static"}, `profile "static", access key …`},
		{
			"the environment",
			map[string]string{"AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ACCOUNT_ID": "444455556666"},
			source.Options{},
			"the environment, access key ASIA…MPLE, account 444455556666",
		},
		{"nothing", nil, source.Options{Profile: "plain"}, `no AWS credentials were found (profile "plain")`},
	} {
		t.Run(c.name, func(t *testing.T) {
			home(t, profiles)
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			cfg, err := Load(t.Context(), c.o)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Who(t.Context(), cfg, c.o)
			if err != nil {
				got = err.Error()
			}
			if !strings.HasPrefix(got, c.want) || strings.Contains(got, "secret") {
				t.Errorf("it says %q, want %q", got, c.want)
			}
		})
	}
}
