package store

// Chunks tells tests how finely a snapshot is divided.
func Chunks(s *Snapshot) int { return len(s.chunks) }
