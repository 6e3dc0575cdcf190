package archive

import (
	"archive/zip"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/chanzipu/outfitter/internal/source/read/kind"
)

// Replace writes the archive anew to out with other files in the place of some
// members, by their number as Members lists them. A file that is no archive is
// replaced as a whole. work is an empty folder.
func Replace(ctx context.Context, file, work, out string, with map[int]string) error {
	r := replacer{ctx: ctx, work: work, with: with}
	return r.copy(file, out, 0)
}

type replacer struct {
	ctx  context.Context
	work string
	with map[int]string
	next int // number of the next member
}

func (r *replacer) copy(from, to string, level int) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	f, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer f.Close()
	var head [8]byte
	n, _ := io.ReadFull(f, head[:])
	k := kind.Magic(head[:n])
	if k == kind.ZIP && kind.IsWorkbook(from) {
		k = kind.XLSX
	}
	switch {
	case level > 1 || k != kind.ZIP && k != kind.GZIP && k != kind.ZSTD:
		if other, ok := r.with[r.next]; ok {
			from = other
		}
		r.next++
		return copyFile(from, to)
	case k == kind.ZIP:
		return r.zip(from, to, level)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return r.stream(f, to, k, level)
}

func (r *replacer) zip(from, to string, level int) (err error) {
	z, err := zip.OpenReader(from)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer z.Close()
	out, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer func() {
		if cerr := out.Close(); err == nil {
			err = cerr
		}
	}()
	w := zip.NewWriter(out)
	for _, f := range z.File {
		inner := memberName(f)
		base := path.Base(inner)
		if f.FileInfo().IsDir() || strings.HasSuffix(inner, "/") || strings.HasPrefix(inner, "__MACOSX/") || base == ".DS_Store" || base == "Thumbs.db" {
			if err := w.Copy(f); err != nil {
				return fmt.Errorf("archive: %w", err)
			}
			continue
		}
		if err := r.member(w, f, level); err != nil {
			return err
		}
	}
	return w.Close()
}

// member writes one file of a ZIP: as it stands packed where nothing in it changes.
func (r *replacer) member(w *zip.Writer, f *zip.File, level int) error {
	in, err := f.Open()
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	old, err := r.temp(in)
	_ = in.Close()
	if err != nil {
		return err
	}
	changed := old + "-new"
	before := r.next
	defer func() { _, _ = os.Remove(old), os.Remove(changed) }()
	if err := r.copy(old, changed, level+1); err != nil {
		return err
	}
	any := false
	for i := before; i < r.next; i++ {
		_, is := r.with[i]
		any = any || is
	}
	if !any {
		if err := w.Copy(f); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		return nil
	}
	out, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, NonUTF8: f.NonUTF8, Method: zip.Deflate, Modified: f.Modified})
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return pour(out, changed)
}

// stream packs a file of one member again: gzip or zstd.
func (r *replacer) stream(f io.Reader, to string, k kind.Kind, level int) (err error) {
	var in io.Reader
	name := ""
	if k == kind.GZIP {
		z, err := gzip.NewReader(f)
		if err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		in, name = z, z.Name
	} else {
		z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(128<<20))
		if err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		defer z.Close()
		in = z
	}
	old, err := r.temp(in)
	if err != nil {
		return err
	}
	changed := old + "-new"
	defer func() { _, _ = os.Remove(old), os.Remove(changed) }()
	if err := r.copy(old, changed, level+1); err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer func() {
		if cerr := out.Close(); err == nil {
			err = cerr
		}
	}()
	if k == kind.GZIP {
		z := gzip.NewWriter(out)
		z.Name = name
		if err := pour(z, changed); err != nil {
			return err
		}
		return z.Close()
	}
	z, err := zstd.NewWriter(out)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if err := pour(z, changed); err != nil {
		return err
	}
	return z.Close()
}

func (r *replacer) temp(in io.Reader) (string, error) {
	f, err := os.CreateTemp(r.work, "member-*")
	if err != nil {
		return "", fmt.Errorf("archive: %w", err)
	}
	if _, err = io.Copy(f, in); err == nil {
		err = f.Close()
	}
	if err != nil {
		return "", fmt.Errorf("archive: %w", err)
	}
	return f.Name(), nil
}

func pour(w io.Writer, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer f.Close()
	if _, err := io.Copy(w, f); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

func copyFile(from, to string) (err error) {
	out, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer func() {
		if cerr := out.Close(); err == nil {
			err = cerr
		}
	}()
	return pour(out, from)
}
