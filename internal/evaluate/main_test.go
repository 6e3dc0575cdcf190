package evaluate

import (
	"os"
	"testing"

	"github.com/chanzipu/outfitter/internal/source/stage"
)

// TestMain lets the test program be the parser child that an import starts.
func TestMain(m *testing.M) {
	if stage.IsChild() {
		stage.Child()
	}
	os.Exit(m.Run())
}
