package file

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"taudit/source"
	"taudit/source/audit"
)

// list gives the files that are there, at first the newest first and later the oldest.
func (l *lister) list(ctx context.Context) ([]found, error) {
	info, err := os.Stat(l.path)
	var list []found
	switch {
	case err == nil && info.IsDir():
		list, err = l.walk(ctx)
	case err == nil:
		list = []found{{l.path, info}}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		err = reason(err)
		if !l.options.Follow {
			return nil, fmt.Errorf("%s cannot be read: %w", l.path, err)
		}
		if l.said[l.path] == err.Error() && time.Since(l.spoke) < heartbeat {
			return nil, nil
		}
		l.said[l.path], l.spoke = err.Error(), time.Now()
		return nil, l.unreachable(ctx, err)
	}
	if _, failed := l.said[l.path]; failed {
		delete(l.said, l.path)
		err := l.report.send(ctx, nil, nil, func(*source.Status) { l.report.trouble = nil })
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b found) int {
		if !l.looked {
			a, b = b, a
		}
		return cmp.Or(a.time().Compare(b.time()), strings.Compare(a.path, b.path))
	})
	return list, nil
}

// time orders files: by the name that Firehose gave them, or when they were written.
func (f found) time() time.Time {
	if t, ok := source.FirehoseTime(filepath.ToSlash(f.path)); ok {
		return t
	}
	return f.info.ModTime()
}

// walk gives the files below the directory. Hidden ones, and what a link to a directory leads to, are left out.
func (l *lister) walk(ctx context.Context) ([]found, error) {
	list := []found{}
	var bad []audit.Bad
	var failed error
	// With the separator behind it, a link is what it leads to.
	top := l.path + string(filepath.Separator)
	err := l.system.walk(top, func(path string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if path == top {
			return err
		}
		if strings.HasPrefix(filepath.Base(path), ".") {
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if err != nil {
			failed = fmt.Errorf("%s cannot be read: %w", path, reason(err))
			if text := reason(err).Error(); l.said[path] != text {
				l.said[path] = text
				bad = append(bad, audit.Bad{
					Reason: "this directory cannot be read: " + text, Origin: audit.Origin{Source: l.name, Part: path},
				})
			}
			return nil
		}
		if f, ok := l.file(path, d); ok {
			list = append(list, f)
		}
		return nil
	})
	if err == nil && len(bad) > 0 {
		err = l.report.send(ctx, nil, bad, func(*source.Status) { l.report.failed = failed })
	}
	return list, err
}

// file tells whether what stands in a directory is a file to read.
func (l *lister) file(path string, d fs.DirEntry) (found, bool) {
	var info fs.FileInfo
	var err error
	switch {
	case d.Type().IsRegular():
		info, err = d.Info()
	case d.Type()&fs.ModeSymlink != 0:
		info, err = os.Stat(path)
	}
	// What has gone meanwhile, or leads nowhere, is not there.
	if err != nil || info == nil || !info.Mode().IsRegular() {
		return found{}, false
	}
	if at, ok := source.FirehoseTime(filepath.ToSlash(path)); ok && !l.options.TrimHorizon {
		o := l.options
		if (!o.Since.IsZero() && at.Before(o.Since.Add(-zones))) || (!o.Until.IsZero() && at.After(o.Until.Add(zones))) {
			return found{}, false
		}
	}
	return found{path, info}, true
}

// follow follows files that were moved, made anew or deleted. It gives the list of those that can be dealt with now.
func (l *lister) follow(ctx context.Context, list []found) ([]found, error) {
	if !l.looked {
		return list, nil
	}
	var err error
	if list, err = l.rotate(ctx, list); err != nil || list == nil {
		return list, err
	}
	there := make(map[string]fs.FileInfo, len(list))
	for _, f := range list {
		there[f.path] = f.info
	}
	var gone []*tracked
	for path, t := range l.files {
		info, ok := there[path]
		switch {
		case t.busy.Load():
			if !ok {
				// Whether it was moved can be told when it has been read: until then nothing new is looked at.
				return slices.DeleteFunc(list, func(f found) bool { return l.files[f.path] == nil }), nil
			}
		case t.info != nil && (!ok || !os.SameFile(t.info, info)):
			gone = append(gone, t)
		case !ok:
			delete(l.files, path)
		}
	}
	for _, t := range gone {
		delete(l.files, t.path)
	}
	for _, t := range gone {
		i := slices.IndexFunc(list, func(f found) bool { return l.files[f.path] == nil && os.SameFile(f.info, t.info) })
		if i >= 0 {
			t.path = list[i].path
			l.files[t.path] = t
			continue
		}
		if err := l.abandon(ctx, t); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// abandon sends what was held of a file that has gone.
func (l *lister) abandon(ctx context.Context, t *tracked) error {
	t.close()
	if !t.holding() {
		return nil
	}
	t.tailSent = true
	return l.report.sendAll(ctx, t.takeTail(), func(*source.Status) {})
}

// rotate deals with a named file that was moved away: it is read on, as long as it is not made anew, and then to its end.
func (l *lister) rotate(ctx context.Context, list []found) ([]found, error) {
	l.moved = slices.DeleteFunc(l.moved, func(t *tracked) bool { return !t.busy.Load() })
	t := l.files[l.path]
	if t == nil || !t.keeping {
		return list, nil
	}
	switch {
	case t.busy.Load():
		return nil, nil
	case t.handle == nil: // it could not be opened yet
		return list, nil
	case len(list) == 0:
		info, err := t.handle.Stat()
		if err != nil || !l.due(t, info) {
			return nil, nil
		}
		return nil, l.queue(ctx, []*tracked{t})
	}
	if t.info == nil || os.SameFile(t.info, list[0].info) {
		return list, nil
	}
	t.final = true
	delete(l.files, l.path)
	l.moved = append(l.moved, t)
	return list, l.queue(ctx, []*tracked{t})
}
