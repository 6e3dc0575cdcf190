// Package archive splits ZIP, gzip and zstd files into their members, within
// bounds on what they may unpack to.
package archive

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read/encoding"
	"github.com/chanzipu/outfitter/internal/source/read/kind"
)

// A Member is one file of a delivery: itself, or a part of an archive.
type Member struct {
	Name string `json:"name"` // as the archive says, decoded: "2024/销售.csv"
	Path string `json:"path"` // the bytes
	Size int64  `json:"size"`
}

// Limits bound an archive; all are above zero.
type Limits struct {
	Bytes   int64 // decompressed, over all levels
	Ratio   int64 // decompressed to compressed, of one member above 100 MiB
	Members int
}

// ratioFrom is the decompressed size below which no ratio is suspect.
const ratioFrom = 100 << 20

// A splitter unpacks archives within limits that count over all levels.
type splitter struct {
	ctx   context.Context
	work  string
	l     Limits
	spent int64 // decompressed bytes so far
	out   []Member
}

// Members splits an archive into files under work, archives within it too,
// one level deep. A file that is no archive is its own single member; a
// workbook is not an archive.
func Members(ctx context.Context, path, name, work string, l Limits) ([]Member, error) {
	if name == "" {
		name = filepath.Base(path)
	}
	s := splitter{ctx: ctx, work: work, l: l}
	if err := s.split(path, name, 0); err != nil {
		return nil, err
	}
	return s.out, nil
}

func (s *splitter) split(path, name string, level int) error {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return fault.New(fault.ErrNotFound, "file.missing", fmt.Sprintf("there is no file %q", name), fmt.Sprintf("没有文件“%s”", name))
		}
		return fmt.Errorf("read: %q: %w", name, err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read: %q: %w", name, err)
	}
	var head [8]byte
	n, _ := io.ReadFull(f, head[:])
	k := kind.Magic(head[:n])
	if k == kind.ZIP && kind.IsWorkbook(path) {
		k = kind.XLSX
	}
	if level > 1 || k != kind.ZIP && k != kind.GZIP && k != kind.ZSTD {
		if len(s.out) >= s.l.Members {
			return s.tooMany(name)
		}
		s.out = append(s.out, Member{Name: name, Path: path, Size: st.Size()})
		return nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read: %q: %w", name, err)
	}
	if k == kind.ZIP {
		return s.unzip(path, name, level)
	}
	return s.stream(f, st.Size(), name, k, level)
}

// stream unpacks a file of one member: gzip or zstd.
func (s *splitter) stream(f *os.File, size int64, name string, k kind.Kind, level int) error {
	var in io.Reader
	inner := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst"), ".gzip")
	if k == kind.GZIP {
		z, err := gzip.NewReader(f)
		if err != nil {
			return kind.Damaged(name, "gzip")
		}
		in = z
		if z.Name != "" && inner == name {
			inner = filepath.Base(z.Name)
		}
	} else {
		z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(128<<20))
		if err != nil {
			return kind.Damaged(name, "zstd")
		}
		defer z.Close()
		in = z
	}
	out, err := s.unpack(in, size, name, string(k))
	if err != nil {
		return err
	}
	return s.split(out, inner, level+1)
}

func (s *splitter) unzip(file, name string, level int) error {
	z, err := zip.OpenReader(file)
	if err != nil {
		return kind.Damaged(name, "ZIP")
	}
	defer z.Close()
	if len(z.File) > s.l.Members {
		return s.tooMany(name)
	}
	for _, f := range z.File {
		inner := memberName(f)
		base := path.Base(inner)
		if f.FileInfo().IsDir() || strings.HasSuffix(inner, "/") || strings.HasPrefix(inner, "__MACOSX/") || base == ".DS_Store" || base == "Thumbs.db" {
			continue
		}
		if f.Flags&1 != 0 {
			return fault.New(fault.ErrInvalid, "archive.locked", fmt.Sprintf("%q in the archive %q is protected by a password; unpack it first", inner, name), fmt.Sprintf("压缩包“%s”中的“%s”有密码；请先解压", name, inner))
		}
		r, err := f.Open()
		if err != nil {
			return kind.Damaged(name, "ZIP")
		}
		out, err := s.unpack(r, int64(f.CompressedSize64), name+"/"+inner, "ZIP")
		r.Close()
		if err != nil {
			return err
		}
		if err := s.split(out, inner, level+1); err != nil {
			return err
		}
	}
	if len(s.out) == 0 && level == 0 {
		return fault.New(fault.ErrNotFound, "archive.empty", fmt.Sprintf("the archive %q holds no files", name), fmt.Sprintf("压缩包“%s”里没有文件", name))
	}
	return nil
}

// memberName decodes names that Windows tools write in the system's encoding.
func memberName(f *zip.File) string {
	n := f.Name
	if !utf8.ValidString(n) {
		g := encoding.Detect([]byte(n), true)
		if b, err := encoding.Decode([]byte(n), g.Name); err == nil && !bytes.Contains(b, []byte{0xff}) {
			n = string(b)
		}
	}
	return strings.ToValidUTF8(strings.ReplaceAll(n, "\\", "/"), "\uFFFD")
}

// unpack writes one stream to a file of its own, within the limits.
func (s *splitter) unpack(in io.Reader, packed int64, name, what string) (string, error) {
	out, err := os.CreateTemp(s.work, "member-*")
	if err != nil {
		return "", fmt.Errorf("read: %q: %w", name, err)
	}
	defer out.Close()
	buf := make([]byte, 256<<10)
	var size int64
	for {
		if err := s.ctx.Err(); err != nil {
			return "", err
		}
		n, err := in.Read(buf)
		size += int64(n)
		s.spent += int64(n)
		if s.spent > s.l.Bytes || size > ratioFrom && size/max(packed, 1) > s.l.Ratio {
			os.Remove(out.Name())
			return "", fault.New(fault.ErrDenied, "archive.bomb", fmt.Sprintf("%q unpacks to more than is allowed (%d bytes so far from %d); unpack it yourself if it is meant", name, size, packed),
				fmt.Sprintf("“%s”解压后超过允许的大小（已从 %[3]d 字节解出 %[2]d 字节）；若确实需要请自行解压", name, size, packed))
		}
		if _, err := out.Write(buf[:n]); err != nil {
			return "", fmt.Errorf("read: %q: %w", name, err)
		}
		if err == io.EOF {
			return out.Name(), nil
		}
		if err != nil {
			os.Remove(out.Name())
			return "", kind.Damaged(name, what)
		}
	}
}

func (s *splitter) tooMany(name string) error {
	return fault.New(fault.ErrInvalid, "archive.members", fmt.Sprintf("the archive %q holds more than %d files; split it", name, s.l.Members), fmt.Sprintf("压缩包“%s”中的文件超过 %d 个；请拆分", name, s.l.Members))
}
