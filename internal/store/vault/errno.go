package vault

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// Full reports whether err says that the disk is full.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
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
