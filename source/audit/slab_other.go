//go:build !linux

package audit

// wantLargePages does nothing where the system decides by itself.
func wantLargePages([]byte) {}
