package identity_test

import (
	"testing"

	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if stage.IsChild() {
		stage.Child()
	}
	storetest.Main(m)
}
