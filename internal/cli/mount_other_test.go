//go:build !linux

package cli

import "errors"

var errMount = errors.New("only Linux mounts one without help")

func mount(string, string) error { return errMount }
func unmount(string) error       { return errMount }
func readOnly(string) error      { return errMount }
