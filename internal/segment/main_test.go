package segment

import (
	"testing"

	"github.com/chanzipu/outfitter/internal/store/storetest"

	_ "github.com/chanzipu/outfitter/internal/access" // its migrations
)

func TestMain(m *testing.M) { storetest.Main(m) }
