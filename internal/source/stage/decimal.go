package stage

import (
	"database/sql/driver"
	"math"
	"math/big"

	"github.com/duckdb/duckdb-go/v2"
)

// MaxAmount is the largest amount that an event can carry, in its currency.
const MaxAmount = 99_999_999_999_999

// decimal rounds half away from zero to four places; what is too large is NULL
// (the door refuses it before).
func decimal(f float64) driver.Value {
	if math.IsNaN(f) || math.Abs(f) > MaxAmount {
		return nil
	}
	whole, rest := math.Modf(f) // apart, because f*1e4 may need more digits than a float64 has
	return duckdb.Decimal{Width: 18, Scale: 4, Value: big.NewInt(int64(whole)*1e4 + int64(math.Round(rest*1e4)))}
}
