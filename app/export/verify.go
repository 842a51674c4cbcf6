package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxListing is how many bytes the list of sums may have, and the manifest.
const (
	maxListing  = 64 << 10
	maxManifest = 256 << 20
)

// ErrNoBundle says that a directory was never a bundle.
var ErrNoBundle = errors.New("it is no bundle")

// Verdict is what the verification of a bundle came to.
type Verdict struct {
	Wrong       []string // what is not as it was sealed; none: it is whole
	Beside      []string // files in the directory that are no part of the bundle
	Manifest    *Manifest
	Fingerprint string
}

// Whole says that every byte is as it was sealed.
func (v *Verdict) Whole() bool { return len(v.Wrong) == 0 }

func (v *Verdict) wrong(format string, args ...any) {
	v.Wrong = append(v.Wrong, fmt.Sprintf(format, args...))
}

// sealed are the files that are summed up, in their order.
func sealed() []string { return []string{entriesFile, originsFile, marksFile, badFile, manifestFile} }

// Verify compares a bundle with its sums and its manifest. The error is for what could not be read at all, and for what is no bundle; it
// blocks, for as long as reading all of it takes.
func Verify(dir string) (*Verdict, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the bundle: %w", err)
	}
	there := map[string]bool{}
	v := &Verdict{}
	for _, e := range list {
		switch name := e.Name(); {
		case name != sumsFile && !slices.Contains(sealed(), name):
			v.Beside = append(v.Beside, name)
		case !e.Type().IsRegular():
			v.wrong("%s is no plain file", name)
		default:
			there[name] = true
		}
	}
	if len(there) == 0 && len(v.Wrong) == 0 {
		return nil, fmt.Errorf("%w: %s has none of the files of one", ErrNoBundle, dir)
	}
	sums := map[string]string{}
	if !there[sumsFile] {
		v.wrong("%s is missing: the bundle was never finished, or it was removed", sumsFile)
	} else if sums, err = v.readSums(filepath.Join(dir, sumsFile)); err != nil {
		return nil, fmt.Errorf("reading the bundle: %w", err)
	}
	found := map[string]Sum{}
	lines := map[string]int{}
	for _, name := range sealed() {
		if !there[name] {
			if !slices.Contains(v.Wrong, name+" is no plain file") {
				v.wrong("%s is missing", name)
			}
			continue
		}
		sum, n, err := sumUp(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("reading the bundle: %w", err)
		}
		sum.Name = name
		found[name], lines[name] = sum, n
		if want, ok := sums[name]; ok && want != sum.SHA256 {
			v.wrong("%s differs: its SHA-256 is %s and was %s", name, sum.SHA256, want)
		}
	}
	if there[manifestFile] {
		if err := v.readManifest(filepath.Join(dir, manifestFile), found, lines); err != nil {
			return nil, fmt.Errorf("reading the bundle: %w", err)
		}
	}
	slices.Sort(v.Wrong)
	return v, nil
}

// readSums reads the list of sums, which must be as it is written: each file once, in its order.
func (v *Verdict) readSums(path string) (map[string]string, error) {
	text, err := readUpTo(path, maxListing)
	if err != nil {
		return nil, err
	}
	fingerprint := sha256.Sum256(text)
	v.Fingerprint = hex.EncodeToString(fingerprint[:])
	sums := map[string]string{}
	var list []Sum
	for line := range strings.Lines(string(text)) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if b, err := hex.DecodeString(sum); err == nil && ok && len(b) == sha256.Size {
			sums[name] = strings.ToLower(sum)
			list = append(list, Sum{Name: name, SHA256: sums[name]})
		}
	}
	var names []string
	for _, s := range list {
		names = append(names, s.Name)
	}
	if sumsText(list) != string(text) || !slices.Equal(names, sealed()) {
		v.wrong("%s is not as it was written", sumsFile)
	}
	return sums, nil
}

func readUpTo(path string, most int64) (text []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, most))
}

// sumUp reads a whole file.
func sumUp(path string) (s Sum, lines int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return Sum{}, 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h, c := sha256.New(), &counter{}
	if _, err := io.Copy(io.MultiWriter(h, c), f); err != nil {
		return Sum{}, 0, err
	}
	return Sum{Size: c.bytes, SHA256: hex.EncodeToString(h.Sum(nil))}, c.lines, nil
}

// readManifest holds the manifest against the files.
func (v *Verdict) readManifest(path string, found map[string]Sum, lines map[string]int) error {
	text, err := readUpTo(path, maxManifest)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var number struct {
		Format int `json:"format"`
	}
	if json.Unmarshal(text, &number) != nil || number.Format < 1 {
		v.wrong("%s cannot be read", manifestFile)
		return nil
	}
	if number.Format > manifestFormat {
		if !v.Whole() {
			v.wrong("%s says that a newer taudit wrote it", manifestFile)
			return nil
		}
		return fmt.Errorf("it was written by a newer taudit, in format %d; verify it with that, or with sha256sum --check %s", number.Format, sumsFile)
	}
	m := &Manifest{}
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(m); err != nil {
		v.wrong("%s cannot be read", manifestFile)
		return nil
	}
	v.Manifest = m
	var names []string
	for _, s := range m.Files {
		names = append(names, s.Name)
		if have, ok := found[s.Name]; ok && have != s {
			v.wrong("%s is not what the manifest says: %d bytes with the SHA-256 %s", s.Name, s.Size, s.SHA256)
		}
	}
	if !slices.Equal(names, sealed()[:len(sealed())-1]) {
		v.wrong("the manifest does not name each file of the bundle")
	}
	for name, want := range map[string]int{entriesFile: m.Entries.Count, originsFile: m.Entries.Count, marksFile: m.Marks, badFile: m.BadKept} {
		if have, ok := lines[name]; ok && have != want {
			v.wrong("%s has %d lines, and the manifest says %d", name, have, want)
		}
	}
	return nil
}
