package detail

import "slices"

// maxFolds is how many foldings are remembered. The oldest are forgotten first.
const maxFolds = 256

// folds remember what a person folded and unfolded, by path, so that the next entry is shown the same way.
type folds struct {
	list []folding // oldest first: a later one overrides an earlier one
}

type folding struct {
	path   []step
	folded bool
	deep   bool // with everything below
	level  int  // above 0: all levels down to it are shown and none below, whatever the rest says
}

// add remembers one.
func (f *folds) add(path []step, folded, deep bool) {
	f.list = slices.DeleteFunc(f.list, func(old folding) bool {
		if deep {
			return len(old.path) >= len(path) && slices.Equal(old.path[:len(path)], path)
		}
		return !old.deep && slices.Equal(old.path, path)
	})
	if len(f.list) == maxFolds {
		f.list = slices.Delete(f.list, 0, 1)
	}
	f.list = append(f.list, folding{path: path, folded: folded, deep: deep})
}

// addLevel remembers how many levels are shown.
func (f *folds) addLevel(level int) { f.list = append(f.list[:0], folding{level: level}) }

// apply folds a tree as remembered.
func (f *folds) apply(t *tree) {
	for _, o := range f.list {
		if o.level > 0 {
			t.foldLevel(o.level)
			continue
		}
		i, ok := t.find(o.path)
		switch {
		case !ok:
		case o.deep:
			t.foldAll(i, o.folded)
		default:
			t.fold(i, o.folded)
		}
	}
}

// speaks tells whether something is remembered about a path or about what is above it.
func (f *folds) speaks(path []step) bool {
	return slices.ContainsFunc(f.list, func(o folding) bool {
		return o.level > 0 || len(o.path) == len(path) && slices.Equal(o.path, path) ||
			o.deep && len(o.path) < len(path) && slices.Equal(o.path, path[:len(o.path)])
	})
}
