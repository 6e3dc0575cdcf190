package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/report/bundle"
)

func newVerify(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use: "verify report.zip", Short: "Compute every figure of a report again, offline", Args: cobra.ExactArgs(1),
		Long: `Needs no folder, no server and no network. Every byte of the bundle is checked
against its manifest, then each claim is computed again from its sample:

  PASS    every figure came out as stated
  FAIL    a figure did not, or a file of the claim was changed
  SERVER  a group under five: it verifies on the server only
  NONE    the claim has no result

Exit codes: 0 nothing failed, 2 wrong usage, 3 no such file, 4 a claim failed
or the bundle is damaged, 5 our fault.`,
		Example: `  outfitter verify report.zip --json`,
		RunE: func(c *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return fault.New(fault.ErrNotFound, "bundle.unreadable", fmt.Sprintf("%s can't be read: %v.", args[0], err), fmt.Sprintf("%s 读不出来：%v。", args[0], err))
			}
			defer func() { _ = f.Close() }()
			st, err := f.Stat()
			if err == nil && !st.Mode().IsRegular() {
				return fault.New(fault.ErrNotFound, "bundle.unreadable", args[0]+" is not a file.", args[0]+" 不是文件。")
			}
			if err != nil {
				return err
			}
			progress, end := s.progress()
			got, err := bundle.Verify(c.Context(), f, st.Size(), bundle.Default, bundle.Tell(progress))
			end()
			if err != nil {
				return err
			}
			return s.verified(got)
		},
	}
	s.jsonFlag(c)
	return c
}

// verified prints what was found; anything failed is exit code 4.
func (s *streams) verified(c bundle.Checked) error {
	var failed error
	if !c.OK {
		failed = saidError{fault.New(fault.ErrConflict, "bundle.failed", "The bundle does not verify.", "核对没有通过。")}
	}
	if s.json {
		if err := s.print(c); err != nil {
			return err
		}
		return failed
	}
	for _, p := range c.Problems {
		fmt.Fprintf(s.out, "DAMAGED %s: %s", p.File, s.text(p.Text))
		if len(p.Claims) > 0 && len(p.Claims) <= 5 {
			fmt.Fprintf(s.out, s.say(" (claims %v)", "（涉及论断 %v）"), p.Claims)
		}
		fmt.Fprintln(s.out)
	}
	for _, v := range c.Claims {
		fmt.Fprintf(s.out, "%-6s %s  %s", v.Status, v.ID, s.text(v.Title))
		if why := s.text(v.Why); why != "" {
			fmt.Fprintf(s.out, ": %s", why)
		}
		fmt.Fprintln(s.out)
	}
	_, err := fmt.Fprintf(s.out, s.say("%d passed, %d failed, %d verify on the server only. Manifest SHA-256 %s\n", "通过 %d 条，不通过 %d 条，只在服务器上核对 %d 条。清单 SHA-256 %s\n"), c.Passed, c.Failed, c.Server, c.Manifest)
	if err != nil {
		return err
	}
	return failed
}
