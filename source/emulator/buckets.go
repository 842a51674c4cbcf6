package emulator

import (
	"bytes"
	"crypto/md5"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/johannesboyne/gofakes3"
)

// buckets keep objects in memory for gofakes3. The back end that comes with it cannot be told when an object was modified,
// lists common prefixes again on the next page, and takes prefixes for path segments.
type buckets struct {
	now func() time.Time

	mu     sync.RWMutex
	byName map[string]*container
}

// container is one bucket.
type container struct {
	created time.Time
	objects map[string]*object
	keys    []string // of objects, sorted
	hidden  map[string]bool
}

// object does not change once it is made.
type object struct {
	key      string
	body     []byte
	hash     [md5.Size]byte
	modified time.Time
	headers  map[string]string
}

func newObject(key string, body []byte, modified time.Time, headers map[string]string) *object {
	headers["Last-Modified"] = modified.UTC().Format(http.TimeFormat)
	return &object{key, body, md5.Sum(body), modified, headers}
}

var _ gofakes3.Backend = (*buckets)(nil)

func newBuckets(now func() time.Time) *buckets {
	return &buckets{now: now, byName: map[string]*container{}}
}

// container finds a bucket; b.mu must be held.
func (b *buckets) container(name string) (*container, error) {
	if c, ok := b.byName[name]; ok {
		return c, nil
	}
	return nil, gofakes3.BucketNotFound(name)
}

// visible finds an object that is not hidden; b.mu must be held.
func (b *buckets) visible(bucket, key string) (*object, error) {
	c, err := b.container(bucket)
	if err != nil {
		return nil, err
	}
	o, ok := c.objects[key]
	if !ok || c.hidden[key] {
		return nil, gofakes3.KeyNotFound(key)
	}
	return o, nil
}

func (b *buckets) setHidden(bucket, key string, hidden bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.container(bucket)
	switch {
	case err != nil:
	case hidden:
		c.hidden[key] = true
	default:
		delete(c.hidden, key)
	}
}

func (b *buckets) put(bucket string, o *object, conditions *gofakes3.PutConditions) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.container(bucket)
	if err != nil {
		return err
	}
	old, exists := c.objects[o.key]
	if conditions != nil {
		state := gofakes3.ConditionalObjectInfo{Exists: exists}
		if exists {
			state.Hash = old.hash[:]
		}
		if err := gofakes3.CheckPutConditions(conditions, &state); err != nil {
			return err
		}
	}
	c.objects[o.key] = o
	if !exists {
		at, _ := slices.BinarySearch(c.keys, o.key)
		c.keys = slices.Insert(c.keys, at, o.key)
	}
	return nil
}

func (c *container) remove(key string) {
	if at, ok := slices.BinarySearch(c.keys, key); ok {
		c.keys = slices.Delete(c.keys, at, at+1)
		delete(c.objects, key)
	}
}

// ListBuckets implements gofakes3.Backend.
func (b *buckets) ListBuckets() ([]gofakes3.BucketInfo, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var infos []gofakes3.BucketInfo
	for _, name := range slices.Sorted(maps.Keys(b.byName)) {
		infos = append(infos, gofakes3.BucketInfo{Name: name, CreationDate: gofakes3.NewContentTime(b.byName[name].created)})
	}
	return infos, nil
}

// ListBucket implements gofakes3.Backend. Keys, and what they have in common up to a delimiter, come in the order of their
// bytes; a page ends with the marker for the next one.
func (b *buckets) ListBucket(name string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	c, err := b.container(name)
	if err != nil {
		return nil, err
	}
	if prefix == nil {
		prefix = &gofakes3.Prefix{}
	}
	list := gofakes3.NewObjectList()
	at, _ := slices.BinarySearch(c.keys, max(prefix.Prefix, page.Marker))
	listed, last := int64(0), page.Marker
	for _, key := range c.keys[at:] {
		rest, ok := strings.CutPrefix(key, prefix.Prefix)
		if !ok {
			break
		}
		// The marker is a key, or a common prefix that was listed.
		if c.hidden[key] || key == page.Marker {
			continue
		}
		item := key
		if prefix.HasDelimiter {
			if end := strings.Index(rest, prefix.Delimiter); end >= 0 {
				item = key[:len(prefix.Prefix)+end+len(prefix.Delimiter)]
			}
		}
		common := item != key || (prefix.HasDelimiter && strings.HasSuffix(rest, prefix.Delimiter))
		if common && item == last {
			continue
		}
		if listed == page.MaxKeys {
			list.IsTruncated = listed > 0
			break
		}
		if common {
			list.AddPrefix(item)
		} else {
			list.Add(c.objects[key].content())
		}
		listed++
		last = item
	}
	if list.IsTruncated {
		list.NextMarker = last
	}
	return list, nil
}

func (o *object) content() *gofakes3.Content {
	return &gofakes3.Content{
		Key: o.key, LastModified: gofakes3.NewContentTime(o.modified), ETag: gofakes3.FormatETag(o.hash[:]),
		Size: int64(len(o.body)), StorageClass: gofakes3.StorageStandard,
	}
}

// CreateBucket implements gofakes3.Backend.
func (b *buckets) CreateBucket(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, taken := b.byName[name]; taken {
		return gofakes3.ResourceError(gofakes3.ErrBucketAlreadyExists, name)
	}
	b.byName[name] = &container{created: b.now(), objects: map[string]*object{}, hidden: map[string]bool{}}
	return nil
}

// BucketExists implements gofakes3.Backend.
func (b *buckets) BucketExists(name string) (bool, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	_, ok := b.byName[name]
	return ok, nil
}

// DeleteBucket implements gofakes3.Backend.
func (b *buckets) DeleteBucket(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.container(name)
	if err != nil {
		return err
	}
	if len(c.objects) > 0 {
		return gofakes3.ResourceError(gofakes3.ErrBucketNotEmpty, name)
	}
	delete(b.byName, name)
	return nil
}

// ForceDeleteBucket implements gofakes3.Backend.
func (b *buckets) ForceDeleteBucket(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.container(name); err != nil {
		return err
	}
	delete(b.byName, name)
	return nil
}

// GetObject implements gofakes3.Backend.
func (b *buckets) GetObject(bucket, key string, part *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	o, err := b.visible(bucket, key)
	if err != nil {
		return nil, err
	}
	answer := o.head()
	body := o.body
	if answer.Range, err = part.Range(answer.Size); err != nil {
		return nil, err
	}
	if r := answer.Range; r != nil {
		body = body[r.Start : r.Start+r.Length]
	}
	answer.Contents = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

// HeadObject implements gofakes3.Backend.
func (b *buckets) HeadObject(bucket, key string) (*gofakes3.Object, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	o, err := b.visible(bucket, key)
	if err != nil {
		return nil, err
	}
	return o.head(), nil
}

// head is the object without its body.
func (o *object) head() *gofakes3.Object {
	return &gofakes3.Object{
		Name: o.key, Metadata: o.headers, Size: int64(len(o.body)), Hash: o.hash[:], Contents: http.NoBody,
	}
}

// PutObject implements gofakes3.Backend.
func (b *buckets) PutObject(bucket, key string, meta map[string]string, input io.Reader, size int64, conditions *gofakes3.PutConditions) (gofakes3.PutObjectResult, error) {
	body, err := gofakes3.ReadAll(input, size)
	if err != nil {
		return gofakes3.PutObjectResult{}, err
	}
	headers := maps.Clone(meta)
	if headers == nil {
		headers = map[string]string{}
	}
	return gofakes3.PutObjectResult{}, b.put(bucket, newObject(key, body, b.now(), headers), conditions)
}

// CopyObject implements gofakes3.Backend.
func (b *buckets) CopyObject(srcBucket, srcKey, dstBucket, dstKey string, meta map[string]string) (gofakes3.CopyObjectResult, error) {
	return gofakes3.CopyObject(b, srcBucket, srcKey, dstBucket, dstKey, meta)
}

// DeleteObject implements gofakes3.Backend.
func (b *buckets) DeleteObject(bucket, key string) (gofakes3.ObjectDeleteResult, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.container(bucket)
	if err != nil {
		return gofakes3.ObjectDeleteResult{}, err
	}
	c.remove(key)
	return gofakes3.ObjectDeleteResult{}, nil
}

// DeleteMulti implements gofakes3.Backend.
func (b *buckets) DeleteMulti(bucket string, keys ...string) (gofakes3.MultiDeleteResult, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var result gofakes3.MultiDeleteResult
	c, err := b.container(bucket)
	if err != nil {
		return result, err
	}
	for _, key := range keys {
		c.remove(key)
		result.Deleted = append(result.Deleted, gofakes3.ObjectID{Key: key})
	}
	return result, nil
}
