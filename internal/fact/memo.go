package fact

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/chanzipu/outfitter/internal/store"
)

// kept is how many answers a Memo holds.
const kept = 64

// A Memo keeps answers as long as the facts don't change, and lets those who
// ask the same at once share one reading. Whether they changed is asked of the
// facts themselves (Version), so that another process's commit counts too. The
// answers are shared: nobody may change them. The zero value is ready.
type Memo[T any] struct {
	mu sync.Mutex
	of map[memoKey]*answer[T]
}

type memoKey struct {
	db  *store.DB
	key string
}

type answer[T any] struct {
	version int64
	done    chan struct{}
	v       T
	err     error
}

// Get returns the kept answer to key, or what read says, which it keeps.
func (m *Memo[T]) Get(ctx context.Context, db *store.DB, key string, read func(context.Context) (T, error)) (T, error) {
	var none T
	for {
		version, err := Version(ctx, db)
		if err != nil {
			return none, err
		}
		a, mine := m.find(memoKey{db, key}, version)
		if mine {
			a.v, a.err = none, errAbandoned // stays so where read panics
			func() {
				defer close(a.done)
				a.v, a.err = read(ctx)
			}()
			if a.err != nil {
				m.forget(memoKey{db, key}, a)
			}
			return a.v, a.err
		}
		select {
		case <-a.done:
		case <-ctx.Done():
			return none, ctx.Err()
		}
		if a.err == nil {
			return a.v, nil
		}
		if !errors.Is(a.err, context.Canceled) && !errors.Is(a.err, context.DeadlineExceeded) && !errors.Is(a.err, errAbandoned) {
			return none, a.err
		}
		m.forget(memoKey{db, key}, a) // who read it gave up; somebody else does it
	}
}

// What every page asks for.
var (
	keptBatches Memo[[]Batch]
	keptDays    Memo[[]DayVerb]
	keptLast    Memo[time.Time]
	keptTotal   Memo[Totals]
	keptSources Memo[[]SourceSum]
	keptVerbs   Memo[[]VerbCount] // by batch
)

var errAbandoned = errors.New("fact: reading was abandoned")

// find returns the answer of that version; mine says that the caller has to read it.
func (m *Memo[T]) find(k memoKey, version int64) (a *answer[T], mine bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.of[k]; a != nil && a.version >= version {
		return a, false
	}
	if m.of == nil {
		m.of = map[memoKey]*answer[T]{}
	}
	if len(m.of) >= kept {
		maps.DeleteFunc(m.of, func(o memoKey, a *answer[T]) bool { return o.db != k.db || a.version < version })
	}
	for o := range m.of { // whichever comes first
		if len(m.of) < kept {
			break
		}
		delete(m.of, o)
	}
	a = &answer[T]{version: version, done: make(chan struct{})}
	m.of[k] = a
	return a, true
}

func (m *Memo[T]) forget(k memoKey, a *answer[T]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of[k] == a {
		delete(m.of, k)
	}
}
