package cli

import (
	"fmt"
	"log/slog"
	"os"
)

// openLog gives the logger of a run: JSON lines appended to a file that only its owner can read, or nothing at all. Nothing is
// ever logged to the terminal, where it would stand on the screen.
func openLog(path string) (log *slog.Logger, done func(), err error) {
	if path == "" {
		return slog.New(slog.DiscardHandler), func() {}, nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the log: %w; --log needs a file that can be written", err)
	}
	log = slog.New(slog.NewJSONHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return log, func() { _ = f.Close() }, nil // each record was written as it was made
}
