package identity_test

import (
	"testing"

	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
