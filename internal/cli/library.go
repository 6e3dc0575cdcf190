package cli

import "github.com/spf13/cobra"

// libraryCommands are the commands that work on any file, without a folder.
func libraryCommands(s *streams) []*cobra.Command {
	return []*cobra.Command{newEstimate(s), newLink(s)}
}
