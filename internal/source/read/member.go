package read

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read/archive"
	"github.com/chanzipu/outfitter/internal/source/read/kind"
)

// A Member is one file of a delivery: itself, or a part of an archive.
type Member = archive.Member

// Members splits an archive into files under work, archives within it too,
// one level deep. A file that is no archive is its own single member; a
// workbook is not an archive.
func Members(ctx context.Context, path, name, work string, l Limits) ([]Member, error) {
	l = l.defaults()
	return archive.Members(ctx, path, name, work, archive.Limits{Bytes: l.Bytes, Ratio: l.Ratio, Members: l.Members})
}

// archive extracts every member of an archive; what is no table in it is
// named in the evidence, unless nothing else is there.
func (d *delivery) archive() ([]Table, error) {
	dir, err := os.MkdirTemp(d.work, "members-*")
	if err != nil {
		return nil, fmt.Errorf("read: %q: %w", d.name, err)
	}
	members, err := Members(d.ctx, d.path, d.name, dir, d.l)
	if err != nil {
		return nil, err
	}
	var tables []Table
	var refused error
	for _, m := range members {
		f, ts, err := Extract(d.ctx, m.Path, m.Name, d.work, d.h, d.l, d.progress)
		var fe *fault.Error
		switch {
		case errors.As(err, &fe) && len(members) > 1:
			refused = err
			d.note("member", m.Name, fe.EN, fe.ZH, 1)
			continue
		case err != nil:
			return nil, err
		}
		d.note("member", m.Name, "of kind "+string(f.Kind), "类型 "+string(f.Kind), 1)
		for _, t := range ts {
			t.Evidence = append(t.Evidence, f.Evidence...)
			if len(members) > 1 && t.Name != kind.Stem(m.Name) {
				t.Name = kind.Stem(m.Name) + "/" + t.Name
			}
			tables = append(tables, t)
		}
	}
	if len(tables) == 0 && refused != nil {
		return nil, refused
	}
	return tables, nil
}
