package query

import "strings"

// Nearest gives the known word that was probably meant by one that is not known, by the same measure as fields; empty: none is near.
func Nearest(word string, known []string) string {
	limit := 2
	if len(word) <= 4 {
		limit = 1
	}
	best := ""
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k), limit); d <= limit && (d < limit || best == "") {
			best, limit = k, d
		}
	}
	return best
}
