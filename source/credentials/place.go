package credentials

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/config"

	"taudit/source"
)

// Who gets the credentials of a configuration and says in one line whose they are and when they end, without what is secret of them. It
// calls out where the profile needs that. An error is one line for people, made by [Explain].
func Who(ctx context.Context, cfg aws.Config, o source.Options) (string, error) {
	if cfg.Credentials == nil {
		return "", Explain(&failure{profile: profileName(o), err: fmt.Errorf("static credentials are empty")}, "")
	}
	c, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return "", Explain(err, "")
	}
	text := fmt.Sprintf("profile %q", profileName(o))
	if c.Source == config.CredentialsSourceName {
		text = "the environment"
	}
	text += ", access key " + abbreviated(c.AccessKeyID)
	if c.AccountID != "" {
		text += ", account " + c.AccountID
	}
	if c.CanExpire {
		text += ", until " + c.Expires.UTC().Format("2006-01-02 15:04") + " UTC"
	}
	return oneLine(text), nil
}

// abbreviated leaves of an access key's ID what tells its kind and which of several it is.
func abbreviated(id string) string {
	if len(id) < 12 {
		return "…"
	}
	return id[:4] + "…" + id[len(id)-4:]
}

// Place gives the region and the account that the configuration names, each empty when it does not: flags in o first, then environment,
// then the profile of the shared files. It reads local files and does not call out.
func Place(ctx context.Context, o source.Options) (region, account string) {
	region = cmp.Or(o.Region, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))
	if o.Profile == "" && os.Getenv("AWS_ACCESS_KEY_ID") != "" {
		account = os.Getenv("AWS_ACCOUNT_ID")
	}
	env, err := config.NewEnvConfig()
	if err != nil {
		return region, account
	}
	profile, err := config.LoadSharedConfigProfile(ctx, profileName(o), func(lo *config.LoadSharedConfigOptions) {
		if env.SharedConfigFile != "" {
			lo.ConfigFiles = []string{env.SharedConfigFile}
		}
		if env.SharedCredentialsFile != "" {
			lo.CredentialsFiles = []string{env.SharedCredentialsFile}
		}
	})
	if err != nil {
		return region, account // one that is not there names nothing
	}
	region = cmp.Or(region, profile.Region)
	if account == "" && (o.Profile != "" || os.Getenv("AWS_ACCESS_KEY_ID") == "") {
		role := ""
		if a, err := arn.Parse(profile.RoleARN); err == nil {
			role = a.AccountID
		}
		account = cmp.Or(role, profile.Credentials.AccountID, profile.SSOAccountID)
	}
	return region, account
}
