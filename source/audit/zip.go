package audit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
)

const (
	zipLocalHead = "PK\x03\x04"
	zipHeadSize  = 30
	// zipDescriptor begins what follows a file whose size was not known before it was written.
	zipDescriptor = "PK\x07\x08"
)

// openZip reads a zip file whole, because its directory is at its end, and gives what its files hold one after the other.
func openZip(r io.Reader, limit int64) (io.Reader, error) {
	if limit > 0 {
		limit += slack
		r = io.LimitReader(r, limit+1)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if limit > 0 && int64(len(data)) > limit {
		return nil, ErrTooLarge
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if errors.Is(err, zip.ErrFormat) {
		return &salvage{data: data}, nil
	}
	if err != nil {
		return nil, err
	}
	return &zipFiles{files: archive.File}, nil
}

// zipFiles reads the files of an archive one after the other.
type zipFiles struct {
	files   []*zip.File
	current io.ReadCloser
}

func (z *zipFiles) Read(p []byte) (int, error) {
	for {
		if z.current == nil {
			if len(z.files) == 0 {
				return 0, io.EOF
			}
			f, err := z.files[0].Open()
			if err != nil {
				return 0, unexpectedEnd(err)
			}
			z.current, z.files = f, z.files[1:]
		}
		n, err := z.current.Read(p)
		if err == io.EOF {
			err = z.Close()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Close ends the file that is being read.
func (z *zipFiles) Close() error {
	if z.current == nil {
		return nil
	}
	err := z.current.Close()
	z.current = nil
	return err
}

// salvage reads what is left of an archive without a directory, because its end is missing: the files are unpacked from
// their local headers on, and then it fails. APPNOTE.TXT of PKWARE, section 4.3.
type salvage struct {
	data    []byte
	packed  *bytes.Reader
	current io.Reader
}

func (s *salvage) Read(p []byte) (int, error) {
	for {
		if s.current == nil && !s.open() {
			return 0, io.ErrUnexpectedEOF
		}
		n, err := s.current.Read(p)
		if err == io.EOF {
			s.data, s.current, err = s.data[len(s.data)-s.packed.Len():], nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// open finds the next local header. It skips what else stands there, such as the descriptor behind a file.
func (s *salvage) open() bool {
	at := bytes.Index(s.data, []byte(zipLocalHead))
	if at < 0 || len(s.data) < at+zipHeadSize {
		return false
	}
	head := s.data[at:]
	flags, method := binary.LittleEndian.Uint16(head[6:]), binary.LittleEndian.Uint16(head[8:])
	size := int64(binary.LittleEndian.Uint32(head[18:]))
	begin := zipHeadSize + int(binary.LittleEndian.Uint16(head[26:])) + int(binary.LittleEndian.Uint16(head[28:]))
	if len(head) < begin || flags&1 != 0 { // encrypted
		return false
	}
	s.data = head[begin:]
	s.packed = bytes.NewReader(s.data)
	const sizeFollows = 8
	switch {
	case method == zip.Deflate:
		s.current = flate.NewReader(s.packed)
	case method == zip.Store && flags&sizeFollows == 0:
		s.current = io.LimitReader(s.packed, size)
	case method == zip.Store:
		s.current = s.packed
		if end := bytes.Index(s.data, []byte(zipDescriptor)); end >= 0 {
			s.current = io.LimitReader(s.packed, int64(end))
		}
	default:
		return false
	}
	return true
}
