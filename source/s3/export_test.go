package s3

import "time"

// DatedFolder takes a prefix apart that ends with a date: its root, when the time begins and ends that it stands for.
func DatedFolder(prefix string) (root string, start, end time.Time, ok bool) {
	root, d, ok := datedFolder(prefix)
	return root, d.start, d.end(), ok
}

// DatesOf gives the date that a path begins with, how long that is, and whether such paths are in the order of time.
func DatesOf(path string) (start, end time.Time, length int, sorted bool) {
	d := datesOf(path, true)
	return d.start, d.end(), d.length, d.sorted
}

// FolderLike gives the folder of t as the path writes it.
func FolderLike(path string, t time.Time) string { return folderLike(path, t, hourly) }
