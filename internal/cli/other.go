package cli

import "github.com/spf13/cobra"

func newServe(s *streams) *cobra.Command    { return &cobra.Command{Use: "serve"} }
func newDemo(s *streams) *cobra.Command     { return &cobra.Command{Use: "demo"} }
func newSimulate(s *streams) *cobra.Command { return &cobra.Command{Use: "simulate"} }
func newWorkbook(s *streams) *cobra.Command { return &cobra.Command{Use: "workbook"} }
func newUser(s *streams) *cobra.Command     { return &cobra.Command{Use: "user"} }
func newAudit(s *streams) *cobra.Command    { return &cobra.Command{Use: "audit"} }
func newBackup(s *streams) *cobra.Command   { return &cobra.Command{Use: "backup"} }
func newRestore(s *streams) *cobra.Command  { return &cobra.Command{Use: "restore"} }
func newMove(s *streams) *cobra.Command     { return &cobra.Command{Use: "move"} }
func libraryCommands(s *streams) []*cobra.Command { return nil }
