package evaluate

import (
	"context"
	"fmt"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/truth"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value/sample"
)

// Folder puts the questions to a company whose exports have been imported.
func Folder(ctx context.Context, db *store.DB, t truth.Truth, questions []Question, tell sample.Tell) ([]Trial, error) {
	until, err := time.Parse(time.DateOnly, t.Until)
	if err != nil {
		return nil, fmt.Errorf("evaluate: truth: until %q: %w", t.Until, err)
	}
	now := until.AddDate(0, 0, 3) // the systems were asked some days later
	var out []Trial
	for i, q := range questions {
		q = q.For(t)
		tell(int64(i), int64(len(questions)), q.Claim.Title.EN, q.Claim.Title.ZH)
		a, ok := q.Truth(t)
		if !ok {
			out = append(out, untold(q, t.Seed))
			continue
		}
		g, err := sample.Gather(ctx, db, q.Claim, now, func(int64, int64, string, string) {})
		if err != nil {
			return nil, fmt.Errorf("evaluate: %s: %w", q.Claim.ID, err)
		}
		x, err := judged(ctx, q, a, g.Sample, t.Seed)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}
