package api

import (
	"context"
	"fmt"
	"sync"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/store"
)

// A linkCache keeps what each source shares with the others until a batch
// comes or goes: counting it reads every event's object.
type linkCache struct {
	db    *store.DB
	mu    sync.Mutex
	stamp string // of what is loaded
	known map[string]list[link]
	busy  map[string]chan struct{} // closed when the count is done
}

// count returns a source's links, counted now if they are not known.
func (c *linkCache) count(ctx context.Context, source string) (list[link], error) {
	all, done, err := c.look(ctx, source)
	if err != nil || done == nil {
		return all, err
	}
	select {
	case <-done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c.mu.Lock()
	all, ok := c.known[source]
	c.mu.Unlock()
	if ok {
		return all, nil
	}
	// A batch came meanwhile, or counting failed: say what is true now.
	links, err := fact.Links(ctx, c.db, source)
	return each(links, linkOf), err
}

// peek returns a source's links where they are known; else they are being
// counted, and pending says so.
func (c *linkCache) peek(ctx context.Context, source string) (all list[link], pending bool, err error) {
	all, done, err := c.look(ctx, source)
	return all, done != nil, err
}

// look returns the links, or when they will be there.
func (c *linkCache) look(ctx context.Context, source string) (list[link], chan struct{}, error) {
	sums, err := fact.Sources(ctx, c.db)
	if err != nil {
		return nil, nil, err
	}
	stamp := fmt.Sprint(sums)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stamp != stamp {
		c.stamp, c.known, c.busy = stamp, map[string]list[link]{}, map[string]chan struct{}{}
	}
	if all, ok := c.known[source]; ok {
		return all, nil, nil
	}
	if done, ok := c.busy[source]; ok {
		return nil, done, nil
	}
	done := make(chan struct{})
	c.busy[source] = done
	go c.fill(context.WithoutCancel(ctx), source, stamp, done)
	return nil, done, nil
}

// fill counts; a failure is tried again by whoever asks next.
func (c *linkCache) fill(ctx context.Context, source, stamp string, done chan struct{}) {
	defer close(done)
	links, err := fact.Links(ctx, c.db, source)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stamp != stamp {
		return
	}
	delete(c.busy, source)
	if err == nil {
		c.known[source] = each(links, linkOf)
	}
}

func linkOf(l fact.Link) link { return link{l.From, l.To, l.By, l.Matched, l.Total, l.Share} }
