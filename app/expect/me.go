package expect

import (
	"errors"
	"regexp"

	"taudit/source/query"
)

// Me writes a name in the place of me in who:me, where the filter language would take it for somebody of that name. An empty name is an
// error if it is asked for.
func Me(filter, name string) (string, error) {
	term := regexp.MustCompile(`(?i)(^|[\s(-])(who|actor|principal)([:=])me($|[\s)])`)
	if !term.MatchString(filter) {
		return filter, nil
	}
	if name == "" {
		return "", errors.New("who:me: nobody has said who you are; write your name, or start taudit with --me NAME")
	}
	return term.ReplaceAllStringFunc(filter, func(s string) string {
		p := term.FindStringSubmatch(s)
		return p[1] + p[2] + p[3] + query.Quote(name) + p[4]
	}), nil
}
