package vault

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Full reports whether err says that the disk is full. The databases, and the
// child that parses, say it in words alone.
func Full(err error) bool {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return true
	}
	text := strings.ToLower(err.Error())
	return strings.Contains(text, "no space left on device") || strings.Contains(text, "disk is full") || strings.Contains(text, "disk quota exceeded")
}

// NoRoom reports whether the disk that holds path has less than a mebibyte left.
func NoRoom(path string) bool {
	var st syscall.Statfs_t
	if syscall.Statfs(path, &st) != nil && syscall.Statfs(filepath.Dir(path), &st) != nil {
		return false
	}
	return int64(st.Bavail)*int64(st.Bsize) < 1<<20
}

// ReadOnly reports whether err says that the file system can't be written.
func ReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }

// A stamp changes when a file's bytes are written to.
type stamp struct {
	size, inode int64
	modified    time.Time
}

func stampOf(path string) (stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}, err
	}
	s := stamp{size: info.Size(), modified: info.ModTime()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		s.inode = int64(st.Ino)
	}
	return s, nil
}
