// Package cli is the command line: one file per command.
//
// A command that needs the folder goes through the server that owns it, over
// the folder's socket, when one runs, and else takes the folder's lock itself;
// which of the two it was makes no difference to its output (local.go). Exit
// codes are package fault's.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/mapping"
)

// Version is set when the program is built.
var Version = "dev"

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
	json     bool
	dir      string
	database string
	zh       bool
}

// Run runs one command line and returns the exit code.
func Run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) int {
	s := &streams{in: in, out: out, err: errw, zh: chinese()}
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return fault.ExitDone
	}
	if errors.Is(err, errSaid) {
		return exit(errors.Unwrap(err))
	}
	s.complain(err)
	return exit(err)
}

// exit is the exit code of an error, cobra's own among them.
func exit(err error) int {
	var usage *usageError
	if errors.As(err, &usage) || isUsage(err) {
		return fault.ExitUsage
	}
	return fault.Exit(err)
}

// chinese reports whether the terminal's language is Chinese.
func chinese() bool {
	for _, k := range []string{"OUTFITTER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(k); v != "" {
			return strings.HasPrefix(strings.ToLower(v), "zh")
		}
	}
	return false
}

func newRoot(s *streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "outfitter",
		Short: "A self-hosted middle office that proves what it was worth",
		Long: `Outfitter (铲子铺) integrates what a company knows, hands it over at the moment
of need, and proves what that was worth; each figure leads to its original row.

Exit codes: 0 done (rejected rows are reported, not an error), 2 wrong usage,
3 nothing usable, 4 refused (drift, a damaged file, a locked folder, a right
that is missing), 5 our fault.`,
		Version:       Version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	// Each command has flags of its own: only those of the one that runs count.
	root.PersistentPreRun = func(c *cobra.Command, _ []string) { s.chosen(c) }
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.AddCommand(newServe(s), newDemo(s), newImport(s), newQuery(s), newRow(s), newRollback(s), newSimulate(s), newEvaluate(s), newWorkbook(s),
		newUser(s), newSegment(s), newValue(s), newReport(s), newVerify(s), newAudit(s), newIdentity(s), newForget(s), newBackup(s), newRestore(s), newMove(s))
	root.AddCommand(libraryCommands(s)...)
	return root
}

// folderFlags adds the flags of every command that needs the folder.
func (s *streams) folderFlags(c *cobra.Command) { s.folderFlagsIn(c, "data") }

// folderFlagsIn is folderFlags with another folder than ./data where none is named.
func (s *streams) folderFlagsIn(c *cobra.Command, dir string) {
	c.Flags().String("data", envOr("OUTFITTER_DATA", dir), "the folder that holds everything")
	c.Flags().String("database", os.Getenv("OUTFITTER_DATABASE"), "postgres://… instead of the embedded databases")
	s.jsonFlag(c)
}

// chosen takes over what the command that runs was told about its folder.
func (s *streams) chosen(c *cobra.Command) {
	for name, to := range map[string]*string{"data": &s.dir, "database": &s.database} {
		if f := c.Flags().Lookup(name); f != nil {
			*to = f.Value.String()
		}
	}
}

func (s *streams) jsonFlag(c *cobra.Command) {
	c.Flags().BoolVar(&s.json, "json", false, "print JSON")
}

func envOr(key, other string) string {
	if v := os.Getenv(key); v != "" {
		return v
	}
	return other
}

type usageError struct{ err error }

func (u *usageError) Error() string { return u.err.Error() }
func (u *usageError) Unwrap() error { return u.err }

// isUsage recognises what cobra says of a wrong command line.
func isUsage(err error) bool {
	m := err.Error()
	for _, p := range []string{"unknown command", "unknown flag", "unknown shorthand", "accepts ", "requires at least", "required flag", "invalid argument"} {
		if strings.HasPrefix(m, p) {
			return true
		}
	}
	return false
}

// errSaid wraps an error that the command has printed already.
var errSaid = errors.New("said")

type saidError struct{ err error }

func (e saidError) Error() string        { return e.err.Error() }
func (e saidError) Unwrap() error        { return e.err }
func (e saidError) Is(target error) bool { return target == errSaid }

// complain prints an error for people: the sentence of a fault, or the bare
// text; as JSON where JSON was asked for.
func (s *streams) complain(err error) {
	text, code := err.Error(), ""
	var f *fault.Error
	var bad *mapping.Error
	if errors.As(err, &f) {
		text, code = f.EN, f.Code
		if s.zh {
			text = f.ZH
		}
	} else if s.zh && errors.As(err, &bad) {
		text = bad.Chinese()
	}
	if s.json {
		_ = json.NewEncoder(s.err).Encode(map[string]any{"error": text, "code": code, "exit": exit(err)})
		return
	}
	fmt.Fprintln(s.err, "outfitter: "+text)
}

// print writes v as JSON.
func (s *streams) print(v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// say picks the reader's language.
func (s *streams) say(en, zh string) string {
	if s.zh {
		return zh
	}
	return en
}

// terminal reports whether w is a terminal, where progress bars make sense.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
