package app

// UnicodeLocale says whether the environment's locale and terminal show more than ASCII, by the rules of POSIX: LC_ALL, else LC_CTYPE,
// else LANG.
func UnicodeLocale(getenv func(string) string) bool { return unicodeLocale(getenv) }
