package file

import (
	"io/fs"
	"os"
)

// Refuse makes the source meet an error where it opens a file or lists a directory.
func (s *Source) Refuse(refusal func(path string) error) {
	system := s.system
	s.system.open = func(path string) (*os.File, error) {
		if err := refusal(path); err != nil {
			return nil, &fs.PathError{Op: "open", Path: path, Err: err}
		}
		return system.open(path)
	}
	s.system.walk = func(root string, f fs.WalkDirFunc) error {
		return system.walk(root, func(path string, d fs.DirEntry, err error) error {
			if why := refusal(path); why != nil && err == nil && d.IsDir() {
				// As filepath.WalkDir says it: first that the directory is there, then that it cannot be read.
				if err := f(path, d, nil); err != nil {
					return err
				}
				if err := f(path, d, &fs.PathError{Op: "open", Path: path, Err: why}); err != nil {
					return err
				}
				return fs.SkipDir
			}
			return f(path, d, err)
		})
	}
}
