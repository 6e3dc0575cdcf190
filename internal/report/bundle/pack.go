package bundle

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
)

// A member is one file of the bundle as it lies in the container.
type member struct {
	name   string
	packed []byte // deflated
	size   uint64
	crc    uint32
}

func hexSum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// squeeze deflates a file.
func squeeze(name string, body []byte) (member, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return member{}, fmt.Errorf("bundle: %s: %w", name, err)
	}
	return member{name, b.Bytes(), uint64(len(body)), crc32.ChecksumIEEE(body)}, nil
}

// container writes the members in one way only: the same members give the same
// bytes, so that whoever reads a bundle can write it again and compare. No byte
// of it is free.
func container(w io.Writer, members []member) error {
	z := zip.NewWriter(w)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate, CRC32: m.crc, CompressedSize64: uint64(len(m.packed)), UncompressedSize64: m.size, Flags: 0x800}
		//lint:ignore SA1019 CreateRaw writes this field and not Modified: 1 January 1980
		h.ModifiedDate = 0x21
		e, err := z.CreateRaw(h)
		if err == nil {
			_, err = e.Write(m.packed)
		}
		if err != nil {
			return fmt.Errorf("bundle: %s: %w", m.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	return nil
}

// A comparer is a writer that notes where what it is given first differs from
// a file.
type comparer struct {
	file io.ReaderAt
	at   int64
	size int64
	diff int64 // -1 = nowhere
	buf  []byte
}

func (c *comparer) Write(b []byte) (int, error) {
	if c.diff < 0 {
		if cap(c.buf) < len(b) {
			c.buf = make([]byte, len(b))
		}
		n, _ := c.file.ReadAt(c.buf[:len(b)], c.at) // a short file differs at its end
		for i := range b {
			if i >= n || c.buf[i] != b[i] {
				c.diff = c.at + int64(i)
				break
			}
		}
	}
	c.at += int64(len(b))
	return len(b), nil
}

// same reports where the container of the members differs from the file; -1 =
// nowhere.
func same(file io.ReaderAt, size int64, members []member) (int64, error) {
	c := &comparer{file: file, size: size, diff: -1}
	if err := container(c, members); err != nil {
		return 0, err
	}
	if c.diff < 0 && c.at != size {
		c.diff = min(c.at, size)
	}
	return c.diff, nil
}
