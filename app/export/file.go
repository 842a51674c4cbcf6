package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a file that an export is written to. It can be read by its owner alone.
type File struct {
	*os.File
	path string
	own  bool // it is a file of ours, and not a device
	temp string
}

// Create makes the file of an export. One that is there already is an error that says so, unless force is set: then it is replaced once the
// export is whole. It blocks on the file system.
func Create(path string, force bool) (*File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		return &File{File: f, path: path, own: true}, nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("creating the file: %w", err)
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a directory; name a file in it", path)
	case err == nil && !info.Mode().IsRegular():
		if f, err = os.OpenFile(path, os.O_WRONLY, 0); err != nil {
			return nil, fmt.Errorf("opening the file: %w", err)
		}
		return &File{File: f, path: path}, nil
	case !force:
		return nil, fmt.Errorf("%w: %s", ErrThere, path)
	}
	if whole, err := filepath.EvalSymlinks(path); err == nil {
		path = whole // the link stays
	}
	if f, err = os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*"); err != nil { // mode 0600
		return nil, fmt.Errorf("creating the file: %w", err)
	}
	return &File{File: f, path: path, own: true, temp: f.Name()}, nil
}

// ErrThere says that a file is there already.
var ErrThere = errors.New("it is there already and is not overwritten")

// Publish puts the file in its place before it is whole, for an export that goes on.
func (f *File) Publish() error {
	if f.temp == "" {
		return nil
	}
	if err := os.Rename(f.temp, f.path); err != nil {
		return fmt.Errorf("replacing %s: %w", f.path, err)
	}
	f.temp = ""
	return nil
}

// Keep ends the file and puts it in its place.
func (f *File) Keep() error {
	if !f.own {
		return f.Close()
	}
	err := errors.Join(f.Sync(), f.Close())
	if err == nil {
		err = f.Publish()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", f.path, err), f.remove())
	}
	return nil
}

// Discard ends the file and takes it away; one that was to be replaced stays.
func (f *File) Discard() error {
	err := f.Close()
	if f.own {
		err = errors.Join(err, f.remove())
	}
	return err
}

func (f *File) remove() error {
	if f.temp != "" {
		return os.Remove(f.temp)
	}
	return os.Remove(f.path)
}
