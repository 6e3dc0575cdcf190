package vault

import (
	"errors"
	"syscall"
)

// Full reports whether err says that the disk is full.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// ReadOnly reports whether err says that the file system can't be written.
func ReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }
