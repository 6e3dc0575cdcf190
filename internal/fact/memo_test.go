package fact_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMemo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var memo fact.Memo[int64]
		var reads atomic.Int64
		read := func(context.Context) (int64, error) { return reads.Add(1), nil }
		get := func(key string, want int64) {
			t.Helper()
			if got, err := memo.Get(t.Context(), db, key, read); err != nil || got != want {
				t.Errorf("Get(%s) = %d, %v, want reading %d", key, got, err, want)
			}
		}
		get("a", 1)
		get("a", 1)
		get("b", 2)
		batch := commit(t, db, "a", []row{{1, "k1", "x"}})
		get("a", 3)
		get("a", 3)
		if err := fact.Rollback(t.Context(), db, batch); err != nil {
			t.Fatal(err)
		}
		get("a", 4)
		for i := range 200 {
			get(fmt.Sprint("many", i), int64(5+i))
		}
		get("many199", 204)
	})
}

func TestMemoSharesOneReading(t *testing.T) {
	db := storetest.Embedded(t)
	var memo fact.Memo[string]
	broken := errors.New("broken")
	if _, err := memo.Get(t.Context(), db, "k", func(context.Context) (string, error) { return "", broken }); !errors.Is(err, broken) {
		t.Errorf("Get() = %v, want the reader's error", err)
	}
	// The first asker gives up while the others wait: one of them reads.
	began, gone := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(gone)
		_, _ = memo.Get(ctx, db, "k", func(ctx context.Context) (string, error) {
			close(began)
			<-ctx.Done()
			return "", ctx.Err()
		})
	}()
	<-began
	var reads atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := memo.Get(t.Context(), db, "k", func(context.Context) (string, error) { reads.Add(1); return "v", nil })
			if got != "v" || err != nil {
				t.Errorf("Get() = %q, %v, want v", got, err)
			}
		})
	}
	cancel()
	<-gone
	wg.Wait()
	if reads.Load() != 1 {
		t.Errorf("eight askers read %d times, want once", reads.Load())
	}
}
