package file_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taudit/source"
	"taudit/source/file"
	"taudit/source/sourcetest"
)

// TestConformance holds the source to the contract for a file that grows, a directory that fills and a stream.
func TestConformance(t *testing.T) {
	t.Run("file", func(t *testing.T) {
		sourcetest.Run(t, func(t *testing.T) *sourcetest.Harness {
			path := filepath.Join(t.TempDir(), "audit.jsonl")
			write(t, path, "")
			return &sourcetest.Harness{
				Source:  func(_ *testing.T, o source.Options) source.Source { return file.New(path, o, quick()) },
				Put:     func(t *testing.T, entries ...string) { appendTo(t, path, strings.Join(entries, "\n")+"\n") },
				PutBad:  func(t *testing.T, data string) { appendTo(t, path, data+"\n") },
				Follows: true,
				Disturbances: []sourcetest.Disturbance{
					{Name: "moving it away", Do: func(t *testing.T) {
						appendTo(t, path, "")
						if err := os.Rename(path, path+".1"); err != nil {
							t.Fatal(err)
						}
					}},
				},
			}
		})
	})
	t.Run("directory", func(t *testing.T) {
		sourcetest.Run(t, func(t *testing.T) *sourcetest.Harness {
			dir, n := t.TempDir(), 0
			put := func(t *testing.T, data string) {
				path := filepath.Join(dir, fmt.Sprintf("day-%d", n%3), fmt.Sprintf("part-%03d.gz", n))
				write(t, filepath.Join(dir, ".part"), gzipped(t, data))
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.Rename(filepath.Join(dir, ".part"), path); err != nil {
					t.Fatal(err)
				}
				n++
			}
			return &sourcetest.Harness{
				Source:  func(_ *testing.T, o source.Options) source.Source { return file.New(dir, o, quick()) },
				Put:     func(t *testing.T, entries ...string) { put(t, strings.Join(entries, "")) },
				PutBad:  put,
				Follows: true,
			}
		})
	})
	t.Run("stream", func(t *testing.T) {
		sourcetest.Run(t, func(t *testing.T) *sourcetest.Harness {
			var text strings.Builder
			return &sourcetest.Harness{
				Source: func(_ *testing.T, o source.Options) source.Source {
					return file.NewReader("standard input", readers(&text), o, quick())
				},
				Put:    func(_ *testing.T, entries ...string) { text.WriteString(strings.Join(entries, "")) },
				PutBad: func(_ *testing.T, data string) { text.WriteString(data) },
			}
		})
	})
}

// readers gives what is in the builder when it is first read.
func readers(text *strings.Builder) io.Reader { return &late{text: text} }

type late struct {
	text *strings.Builder
	in   *strings.Reader
}

func (l *late) Read(p []byte) (int, error) {
	if l.in == nil {
		l.in = strings.NewReader(l.text.String())
	}
	return l.in.Read(p)
}
