package erasure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fact/forget"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/source/read/blank"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
)

// blankVault goes through every object of the vault: a row that was rejected,
// or whose batch was rolled back, names the person as any other does.
func blankVault(ctx context.Context, db *store.DB, j *Job, p Progress) error {
	all, err := forget.Deliveries(ctx, db)
	if err != nil {
		return err
	}
	by := map[string][]forget.Delivery{}
	for _, d := range all {
		by[d.Object] = append(by[d.Object], d)
	}
	objects, err := db.Vault.List()
	if err != nil {
		return err
	}
	j.Outcome.Unread = nil
	for i, object := range objects {
		p.say(int64(i), int64(len(objects)), "blanking the vault", "清除保险库中的单元格")
		if len(by[object]) == 0 {
			by[object] = []forget.Delivery{uploaded(ctx, db, object)}
		}
		err := blankObject(ctx, db, j, object, by[object])
		var f *fault.Error
		if errors.As(err, &f) && ctx.Err() == nil { // it is no table, so nothing of it was ever imported
			j.Outcome.Unread = append(j.Outcome.Unread, object)
			err = nil
		}
		if err != nil {
			return fmt.Errorf("object %s: %w", object, err)
		}
	}
	return nil
}

// uploaded is an object that was handed in and never imported, or whose batch is unknown.
func uploaded(ctx context.Context, db *store.DB, object string) forget.Delivery {
	d := forget.Delivery{Object: object, Name: object}
	if u, err := source.GetUpload(ctx, db, object); err == nil {
		d.Name, d.Bytes = u.Name, u.Bytes
	}
	return d
}

// blankObject blanks the person in one object: member by member, and for each
// batch that was made of it.
func blankObject(ctx context.Context, db *store.DB, j *Job, object string, batches []forget.Delivery) error {
	if err := db.Vault.Check(ctx, object); err != nil {
		return err
	}
	work, err := os.MkdirTemp(db.StageDir(), "erase-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	o := blanking{plan: &j.plan, work: work, path: db.Vault.Path(object)}
	for _, d := range batches {
		o.name, o.bytes = strings.TrimSuffix(d.Name, "/"+d.Member), max(o.bytes, d.Bytes)
	}
	if info, err := os.Stat(o.path); err == nil {
		o.bytes = max(o.bytes, info.Size())
	}
	out, sum, err := o.run(ctx, batches)
	if err != nil || sum.Cells == 0 {
		return err
	}
	ref, err := db.Vault.Replace(ctx, object, out)
	if err != nil {
		return store.DiskFault(db.Dir, err)
	}
	_, err = db.State.Exec(ctx, sqlPutObject, j.ID, object, ref.SHA, sum.Rows, sum.Cells)
	return err
}

// A blanking is one object on its way.
type blanking struct {
	plan  *Plan
	work  string
	path  string
	name  string // as it came
	bytes int64
	n     int
}

func (o *blanking) file(what string) string {
	o.n++
	return filepath.Join(o.work, fmt.Sprintf("%s-%d", what, o.n))
}

func (o *blanking) folder(what string) (string, error) {
	dir := o.file(what)
	return dir, os.MkdirAll(dir, 0o700)
}

func (o *blanking) bounds() stage.Bounds {
	return stage.Bounds{Time: 2*time.Minute + time.Duration(o.bytes>>20)*4*time.Second}
}

// run returns the object without the person, where that changes it.
func (o *blanking) run(ctx context.Context, batches []forget.Delivery) (string, blank.Result, error) {
	var sum blank.Result
	dir, err := o.folder("members")
	if err != nil {
		return "", sum, err
	}
	members, err := stage.Split(ctx, stage.SplitJob{Path: o.path, Name: o.name, Work: dir}, o.bounds())
	if err != nil {
		return "", sum, err
	}
	names := source.Distinct(members)
	with := map[int]string{}
	for i, m := range members {
		changed, r, err := o.member(ctx, m, names[i], batches)
		if err != nil {
			if len(members) > 1 && !fault.Mine(err) { // a text beside the tables
				continue
			}
			return "", sum, err
		}
		if r.Cells > 0 {
			with[i] = changed
			sum.Rows += r.Rows
			sum.Cells += r.Cells
		}
	}
	if len(with) == 0 {
		return "", sum, nil
	}
	if len(members) == 1 && members[0].Path == o.path {
		return with[0], sum, nil
	}
	if dir, err = o.folder("pack"); err != nil {
		return "", sum, err
	}
	out := o.file("object")
	return out, sum, stage.Replace(ctx, stage.ReplaceJob{Path: o.path, Work: dir, Out: out, With: with}, o.bounds())
}

// member blanks one file as each of its batches reads it.
func (o *blanking) member(ctx context.Context, m read.Member, name string, batches []forget.Delivery) (string, blank.Result, error) {
	var sum blank.Result
	path := m.Path
	for _, d := range batches {
		if m.Path != o.path && d.Member != name && d.ID != "" {
			continue
		}
		job, err := o.job(d, filepath.Base(m.Name))
		if err != nil {
			return "", sum, err
		}
		job.Path = path
		if job.Work, err = o.folder("walk"); err != nil {
			return "", sum, err
		}
		job.Out = o.file("blanked")
		r, err := stage.Blank(ctx, job, o.bounds())
		if err != nil {
			return "", sum, err
		}
		if r.Cells > 0 {
			path = job.Out
			sum.Rows += r.Rows
			sum.Cells += r.Cells
		}
	}
	return path, sum, nil
}

// job says what of a file is the person's, as a batch's mapping reads it.
func (o *blanking) job(d forget.Delivery, name string) (blank.Job, error) {
	j := blank.Job{Name: name, Needles: o.plan.Needles, Words: o.plan.Words}
	if d.ID == "" {
		return j, nil
	}
	var rep stage.Report
	if err := json.Unmarshal(d.Report, &rep); err != nil {
		return j, fmt.Errorf("report of batch %s: %w", d.ID, err)
	}
	var m mapping.Mapping
	if d.Mapping != "" {
		var err error
		if m, err = mapping.Parse([]byte(d.Mapping)); err != nil {
			return j, err
		}
		j.Hints = stage.HintsFor(m, name)
	}
	for _, t := range rep.Tables {
		var rows []int64
		for _, r := range o.plan.Rows[d.ID] {
			if r >= t.FirstRow && r < t.FirstRow+t.Rows {
				rows = append(rows, r-t.FirstRow+1)
			}
		}
		b := blank.Table{Rows: rows}
		switch at := slices.IndexFunc(m.Tables, func(x mapping.Table) bool { return x.Name == t.Table }); {
		case at >= 0:
			o.mapped(&b, m.Tables[at], t.Header, d.Source)
		case d.Mapping == "":
			o.sent(&b, d.Source)
		}
		j.Tables = append(j.Tables, b)
	}
	return j, nil
}

// sent says which members of an event that came by the API are the person's.
func (o *blanking) sent(b *blank.Table, source string) {
	b.Keep = []string{"id", "verb", "ts", "object.kind", "object.key", "channel", "amount", "currency", "quantity", "unit"}
	for _, kind := range []string{"account", "person", "staff"} {
		w := blank.Who{Key: []string{kind + ".namespace", kind + ".key"}}
		for _, p := range o.plan.Parties {
			if p.Source == source && p.Kind == kind {
				w.Values = append(w.Values, p.Namespace+"\x1f"+p.Key)
			}
		}
		b.Keep = append(b.Keep, kind+".")
		if w.Values == nil {
			continue
		}
		for _, f := range []string{"key", "name", "phone", "email", "tax_no", "address", "city", "title", "company", "attrs"} {
			w.Columns = append(w.Columns, kind+"."+f)
		}
		b.Who = append(b.Who, w)
	}
}

// mapped says which columns of a table are the person's: where the mapping
// names a party of the person's kind and code list, that party's; of the rest
// all that no one but the event's own measures and the other parties need.
func (o *blanking) mapped(b *blank.Table, t mapping.Table, header []string, source string) {
	cols := func(es ...mapping.Expr) (out []string) {
		for _, e := range es {
			if e == "" {
				continue
			}
			names, err := mapping.ColumnsOf(e, t.Let)
			if err != nil {
				continue
			}
			for _, n := range names {
				if h, ok := mapping.Resolve(n, header); ok {
					out = append(out, h)
				}
			}
		}
		return out
	}
	kept := cols(append(slices.Clone(t.Key), t.Where)...)
	for _, e := range t.Events {
		kept = append(kept, cols(append(slices.Clone(e.Key), e.TS, e.When, e.Channel, e.Amount, e.Currency, e.Quantity, e.Unit)...)...)
		if e.Object != nil {
			kept = append(kept, cols(e.Object.Key)...)
		}
	}
	for _, m := range t.Memberships {
		kept = append(kept, cols(m.Team, m.Since, m.Until)...)
	}
	for _, p := range t.Parties {
		own := []mapping.Expr{p.Key, p.Name, p.Phone, p.Email, p.TaxNo, p.Address, p.City, p.Title, p.Company}
		for _, e := range p.Attrs {
			own = append(own, e)
		}
		if w := (blank.Who{Key: cols(p.Key), Values: o.keys(source, p), Columns: cols(own...)}); w.Values != nil {
			if len(w.Key) != 1 || string(p.Key) != w.Key[0] && strings.Trim(string(p.Key), `"`) != w.Key[0] {
				w.Values = nil // what its columns hold is learnt from the rows
			}
			b.Who = append(b.Who, w)
			continue
		}
		kept = append(kept, cols(own...)...)
	}
	for _, h := range header {
		if !slices.Contains(kept, h) {
			b.Columns = append(b.Columns, h)
		}
	}
}

// keys are the person's in a code list of a source.
func (o *blanking) keys(source string, p mapping.Party) (out []string) {
	for _, q := range o.plan.Parties {
		if q.Source == source && q.Kind == p.Kind && q.Namespace == p.Namespace {
			out = append(out, q.Key)
		}
	}
	return out
}
