package linkage

import (
	"context"
	"errors"
)

func suggest(ctx context.Context, rs *records, opt Options) (Settings, error) {
	return Settings{}, errors.New("todo")
}
