// Package fault names the four ways a request can be at fault.
//
// Everything that a caller can mend wraps one of the four kinds; whatever
// wraps none of them is ours to mend, and its text stays in the log. The kind
// decides the HTTP status and the exit code, once, here.
package fault

import (
	"errors"
	"fmt"
	"net/http"
)

// The four kinds. Wrap one with %w as the last verb.
var (
	ErrInvalid  = errors.New("invalid")
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("conflict")
	ErrDenied   = errors.New("denied")
)

// An Error is a fault with the sentence its reader sees: what, where, how to
// mend, in both languages. It unwraps to its kind.
type Error struct {
	Kind error  // one of the four
	Code string // stable, for programs: "file.damaged"
	EN   string
	ZH   string
}

func (e *Error) Error() string { return e.EN }
func (e *Error) Unwrap() error { return e.Kind }

// New makes an Error whose two sentences are complete.
func New(kind error, code, en, zh string) *Error {
	return &Error{Kind: kind, Code: code, EN: en, ZH: zh}
}

// Invalid makes an ErrInvalid from an English format alone, for faults that
// only programs meet.
func Invalid(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, ErrInvalid)...)
}

// Mine reports whether err is ours to mend rather than the caller's.
func Mine(err error) bool {
	return err != nil && Status(err) == http.StatusInternalServerError
}

// Status is the HTTP status that err maps to.
func Status(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, ErrInvalid):
		return http.StatusUnprocessableEntity
	case errors.Is(err, ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, ErrConflict):
		return http.StatusConflict
	case errors.Is(err, ErrDenied):
		return http.StatusForbidden
	}
	return http.StatusInternalServerError
}

// The exit codes of every command.
const (
	ExitDone    = 0
	ExitUsage   = 2
	ExitNothing = 3 // nothing usable in what was given
	ExitRefused = 4 // drift, a damaged file, a locked folder, a denied right
	ExitOurs    = 5
)

// Exit is the exit code that err maps to.
func Exit(err error) int {
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, ErrInvalid):
		return ExitUsage
	case errors.Is(err, ErrNotFound):
		return ExitNothing
	case errors.Is(err, ErrConflict), errors.Is(err, ErrDenied):
		return ExitRefused
	}
	return ExitOurs
}
