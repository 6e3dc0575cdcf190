package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

func newAudit(s *streams) *cobra.Command {
	c := &cobra.Command{Use: "audit", Short: "The log of who did what"}
	verify := &cobra.Command{
		Use: "verify", Short: "Check the whole chain of the audit log", Args: cobra.NoArgs,
		Example: `  outfitter audit verify --data ./data`,
		RunE: func(c *cobra.Command, _ []string) error {
			v, err := callAuditVerify(c.Context(), s, struct{}{})
			if err != nil {
				return err
			}
			if s.json {
				err = s.print(map[string]any{"ok": v.OK, "checked": v.Checked, "head": v.Head, "broken_at": v.BrokenAt})
			} else if v.OK {
				_, err = fmt.Fprintf(s.out, s.say("OK: %d entries, head %s\n", "完好：%d 条，链头 %s\n"), v.Checked, v.Head)
			}
			if err == nil && !v.OK {
				err = fault.New(fault.ErrConflict, "audit.broken",
					fmt.Sprintf("The audit log is broken at entry %d: it was changed after it was written.", v.BrokenAt),
					fmt.Sprintf("审计日志在第 %d 条断裂：写入之后被改动过。", v.BrokenAt))
			}
			return err
		},
	}
	s.folderFlags(verify)
	c.AddCommand(verify)
	return c
}

var callAuditVerify = onFolder("audit-verify", func(ctx context.Context, db *store.DB, _ struct{}, _ tell) (access.AuditCheck, error) {
	return access.VerifyAudit(ctx, db)
})
