package query

// suggest gives the known field name nearest to an unknown one: within two edits, or one for the short names, of which nearly
// all are within two of each other.
func suggest(name string) string {
	n := foldName(name)
	limit := 2
	if len(n) <= 4 {
		limit = 1
	}
	if len(n) > 40 {
		return ""
	}
	best := ""
	try := func(known string) {
		if d := distance(n, foldName(known), limit); d <= limit && d > 0 {
			if d < limit || best == "" {
				best = known
			}
			limit = d
		}
	}
	for _, f := range fieldNames {
		try(f.name)
		for _, a := range f.also {
			try(a)
		}
	}
	return best
}

// distance counts the edits (insert, delete, change, swap of neighbours) from a to b; anything beyond limit is limit+1.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		older, old, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(old[j]+1, row[j-1]+1, old[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		rows = [3][]int{old, row, older}
	}
	return min(rows[1][len(b)], limit+1)
}
