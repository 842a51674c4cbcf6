//go:build !windows

package cli

func isClosedPipe(error) bool { return false }
