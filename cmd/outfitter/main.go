// Outfitter is a self-hosted middle office in one program.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/chanzipu/outfitter/internal/cli"
	"github.com/chanzipu/outfitter/internal/source/stage"
)

func main() {
	if stage.IsChild() {
		stage.Child()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
