package s3

import "time"

// DatedFolder takes a prefix apart that ends with a date: its root, when the time begins and ends that it stands for.
func DatedFolder(prefix string) (root string, start, end time.Time, ok bool) {
	root, s, ok := datedFolder(prefix)
	return root, s.start, s.end(), ok
}

// SpanOf gives the date that a path begins with, and how long that is.
func SpanOf(path string) (start, end time.Time, length int) {
	s, n := spanOf(path)
	return s.start, s.end(), n
}

// Folders gives the folders of a time from the year to the hour.
func Folders(t time.Time) []string {
	return []string{folders(t, yearly), folders(t, monthly), folders(t, daily), folders(t, hourly)}
}
