package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Request is one import: files on disk, or uploads in the vault.
type Request struct {
	Paths       []string // files and folders
	Uploads     []Upload
	Source      string // "" = the mapping's, else the first file's stem
	Mapping     string // YAML; "" = the stored one that fits, else what can be suggested with confidence
	DryRun      bool
	AcceptDrift bool
	Actor       string

	began time.Time
}

// A Result is what an import came to.
type Result struct {
	Source    string        `json:"source"`
	Batches   []BatchResult `json:"batches"`
	Links     []fact.Link   `json:"links"`
	Failed    []Failure     `json:"failed,omitempty"`
	Drift     []Drift       `json:"drift,omitempty"`
	Mapping   string        `json:"mapping,omitempty"`
	Suggested bool          `json:"suggested,omitempty"` // nobody wrote the mapping; the confident part of a suggestion was used
}

// A BatchResult is one delivery's outcome.
type BatchResult struct {
	ID            string           `json:"id"`
	Name          string           `json:"name"`
	Bytes         int64            `json:"bytes"`
	Rows          int64            `json:"rows"`
	Used          int64            `json:"used"`
	Rejected      int64            `json:"rejected"`
	CellsRejected int64            `json:"cells_rejected"`
	Parties       int64            `json:"parties"`
	Events        int64            `json:"events"`
	Seconds       float64          `json:"seconds"`
	Again         bool             `json:"again,omitempty"` // loaded before under the same mapping: nothing changed
	Report        *stage.Report    `json:"report,omitempty"`
	Rejects       []fact.Reject    `json:"rejects,omitempty"` // of a dry run, the first ones
	ByVerb        []fact.VerbCount `json:"by_verb,omitempty"`
}

// A Failure is a file that could not be used, with its sentence.
type Failure struct {
	Name string `json:"name"`
	Code string `json:"code"`
	EN   string `json:"error"`
	ZH   string `json:"error_zh"`
	// Refused tells what could not be read or was held back from what merely
	// held nothing to use.
	Refused bool `json:"refused"`
	err     error
}

// Err is the error that decides the exit code: nil where something was loaded
// and nothing was refused.
func (r Result) Err() error {
	var nothing error
	for _, f := range r.Failed {
		if !errors.Is(f.err, fault.ErrNotFound) {
			return f.err
		}
		nothing = f.err
	}
	if len(r.Batches) == 0 {
		return nothing
	}
	return nil
}

// A part is one file of a delivery, ready to be staged.
type part struct {
	path   string // its bytes
	name   string // to people: file, or archive/member
	member string
	object string // vault object of the delivery; "" in a dry run
	bytes  int64
}

func (p part) file() string {
	if p.member != "" {
		return filepath.Base(p.member)
	}
	return filepath.Base(p.name)
}

// Import runs a request. Each file is committed by itself: what is done stays
// done when a later one fails or the run is cancelled, and running it again
// continues, because loaded files are recognised.
func Import(ctx context.Context, db *store.DB, r Request, tell stage.Progress) (Result, error) {
	if tell == nil {
		tell = func(int64, int64, string, string) {}
	}
	res, err := importAll(ctx, db, r, tell)
	if fault.Mine(err) {
		err = store.DiskFault(db.Dir, err)
	}
	return res, err
}

func importAll(ctx context.Context, db *store.DB, r Request, tell stage.Progress) (Result, error) {
	r.began = time.Now()
	work, err := os.MkdirTemp(db.StageDir(), "import-")
	if err != nil {
		return Result{}, fmt.Errorf("source: import: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	parts, failed, err := deliveries(ctx, db, r, work, tell)
	if err != nil {
		return Result{}, err
	}
	res := Result{Failed: failed, Batches: []BatchResult{}, Links: []fact.Link{}}
	if len(parts) == 0 {
		return res, res.Err()
	}
	m, yaml, suggested, unread, err := chooseMapping(ctx, db, r, parts, work)
	if err != nil || unread != nil {
		res.Failed = append(res.Failed, unread...)
		return res, err
	}
	res.Source, res.Mapping, res.Suggested = m.Source, yaml, suggested
	kept := r.DryRun
	for i, p := range parts {
		step := func(done, total int64, what, zh string) {
			if total <= 0 {
				total = 1
			}
			tell(int64(i)*1000+1000*done/total, int64(len(parts))*1000, p.file()+": "+what, p.file()+"："+zh)
		}
		b, drift, err := importPart(ctx, db, r, p, m, yaml, filepath.Join(work, fmt.Sprint(i)), step)
		if drift != nil {
			res.Drift = append(res.Drift, *drift)
		}
		if err := ctx.Err(); err != nil {
			return res, err
		}
		if err != nil {
			if fault.Mine(err) {
				return res, fmt.Errorf("source: import %s: %w", p.name, err)
			}
			res.Failed = append(res.Failed, failure(p.name, err))
			continue
		}
		res.Batches = append(res.Batches, b)
		if !kept { // a mapping that brought nothing in is not the source's
			if _, err := PutMapping(ctx, db, yaml, r.Actor); err != nil {
				return res, err
			}
			kept = true
		}
	}
	if r.DryRun || len(res.Batches) == 0 {
		return res, nil
	}
	res.Links, err = fact.Links(ctx, db, m.Source)
	if res.Links == nil {
		res.Links = []fact.Link{}
	}
	return res, err
}

func failure(name string, err error) Failure {
	f := Failure{Name: name, EN: err.Error(), ZH: err.Error(), Refused: !errors.Is(err, fault.ErrNotFound), err: err}
	var fe *fault.Error
	var bad *mapping.Error
	switch {
	case errors.As(err, &fe):
		f.Code, f.EN, f.ZH = fe.Code, fe.EN, fe.ZH
	case errors.As(err, &bad):
		f.ZH = bad.Chinese()
	}
	return f
}

// deliveries puts the request's files into the vault and splits archives.
func deliveries(ctx context.Context, db *store.DB, r Request, work string, tell stage.Progress) ([]part, []Failure, error) {
	var whole []part
	paths, failed, err := walk(r.Paths)
	if err != nil {
		return nil, nil, err
	}
	for i, p := range paths {
		tell(int64(i), int64(len(paths)), "taking in "+filepath.Base(p), "收取 "+filepath.Base(p))
		d, err := takeIn(ctx, db, p, r.DryRun)
		var f *fault.Error
		if errors.As(err, &f) && f.Code == "path.denied" {
			failed = append(failed, failure(p, err))
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		whole = append(whole, d)
	}
	if len(whole)+len(failed)+len(r.Uploads) == 0 {
		names := strings.Join(r.Paths, ", ")
		return nil, nil, fault.New(fault.ErrNotFound, "folder.empty",
			fmt.Sprintf("There is no file in %s. (Files whose name starts with a dot are left out.)", names),
			fmt.Sprintf("%s 中没有文件。（以点开头的文件不读取。）", names))
	}
	for _, u := range r.Uploads {
		whole = append(whole, part{path: db.Vault.Path(u.Object), name: u.Name, object: u.Object, bytes: u.Bytes})
	}
	var parts []part
	for i, w := range whole {
		dir := filepath.Join(work, fmt.Sprintf("members-%d", i))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, nil, fmt.Errorf("source: import: %w", err)
		}
		ms, err := stage.Split(ctx, stage.SplitJob{Path: w.path, Name: w.name, Work: dir}, bounds(w.bytes))
		if err != nil {
			if fault.Mine(err) || ctx.Err() != nil {
				return nil, nil, fmt.Errorf("source: import %s: %w", w.name, err)
			}
			failed = append(failed, failure(w.name, err))
			continue
		}
		for _, m := range distinct(ms) {
			p := w
			if m.Path != w.path {
				p.path, p.member, p.bytes, p.name = m.Path, m.Name, m.Size, w.name+"/"+m.Name
			}
			parts = append(parts, p)
		}
	}
	return parts, failed, nil
}

// Distinct are the names by which the batches of an archive's members are
// known, in their order.
func Distinct(ms []read.Member) []string {
	out := make([]string, len(ms))
	for i, m := range distinct(slices.Clone(ms)) {
		out[i] = m.Name
	}
	return out
}

// distinct numbers the members of an archive that share a name, before the
// extension: a batch is known by its member's name.
func distinct(ms []read.Member) []read.Member {
	seen := map[string]bool{}
	for i, m := range ms {
		ext := filepath.Ext(m.Name)
		for n := 2; seen[ms[i].Name]; n++ {
			ms[i].Name = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(m.Name, ext), n, ext)
		}
		seen[ms[i].Name] = true
	}
	return ms
}

// bounds give a small file little time: what takes longer than this is stuck.
func bounds(bytes int64) stage.Bounds {
	return stage.Bounds{Time: time.Minute + time.Duration(bytes>>20)*2*time.Second}
}

// walk lists the files below the paths, in order; hidden ones are left out.
// What stands in a folder and is neither file nor folder comes back as failed.
func walk(paths []string) (out []string, failed []Failure, err error) {
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, nil, fault.New(fault.ErrInvalid, "path.none",
				fmt.Sprintf("There is no file or folder %s that can be read.", p), fmt.Sprintf("没有可读取的文件或文件夹 %s。", p))
		}
		if !info.IsDir() {
			if !info.Mode().IsRegular() {
				return nil, nil, irregular(p)
			}
			out = append(out, p)
			continue
		}
		err = filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if strings.HasPrefix(d.Name(), ".") && path != p {
				if d.IsDir() {
					return filepath.SkipDir
				}
				return nil
			}
			switch info, err := os.Stat(path); {
			case d.IsDir():
			case err == nil && info.Mode().IsRegular():
				out = append(out, path)
			default: // also a link to a folder: it may lead round in a circle
				failed = append(failed, failure(path, irregular(path)))
			}
			return nil
		})
		if err != nil {
			return nil, nil, fmt.Errorf("source: %s: %w", p, err)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), failed, nil
}

func irregular(path string) error {
	return fault.New(fault.ErrDenied, "path.irregular",
		fmt.Sprintf("%s is not a regular file (a pipe, a device or a broken or circular link can't be read safely). Save it to a file first.", path),
		fmt.Sprintf("%s 不是普通文件（管道、设备、失效或循环的链接无法安全读取）。请先存成文件。", path))
}

func takeIn(ctx context.Context, db *store.DB, path string, dry bool) (part, error) {
	info, err := os.Stat(path)
	if err != nil {
		return part{}, fmt.Errorf("source: %s: %w", path, err)
	}
	p := part{path: path, name: filepath.Base(path), bytes: info.Size()}
	if dry {
		p.path, err = filepath.Abs(path)
		return p, err
	}
	f, err := os.Open(path)
	if err != nil {
		return part{}, fault.New(fault.ErrDenied, "path.denied",
			fmt.Sprintf("The file %s can't be read. Give this user the right to read it.", path), fmt.Sprintf("文件 %s 无法读取。请给当前用户读权限。", path))
	}
	defer func() { _ = f.Close() }()
	ref, err := db.Vault.Put(ctx, f)
	if err != nil {
		return part{}, store.DiskFault(db.Dir, err)
	}
	p.object, p.path, p.bytes = ref.SHA, db.Vault.Path(ref.SHA), ref.Size
	return p, nil
}

// importPart stages and commits one file.
func importPart(ctx context.Context, db *store.DB, r Request, p part, m mapping.Mapping, yaml, work string, tell stage.Progress) (BatchResult, *Drift, error) {
	began := time.Now().Truncate(time.Microsecond) // as the facts keep it
	object := p.object
	if object == "" {
		object = p.path
	}
	id := db.ID("batch", m.Source, object, p.member).String()
	if !r.DryRun {
		if b, err := fact.GetBatch(ctx, db, id); err == nil && b.State == fact.Loaded && b.MappingHash == hashOf(yaml) {
			return resultOf(b, true), nil, nil
		}
	}
	if err := os.MkdirAll(work, 0o700); err != nil {
		return BatchResult{}, nil, fmt.Errorf("source: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	zone, err := Zone(ctx, db)
	if err != nil {
		return BatchResult{}, nil, err
	}
	out := filepath.Join(work, "stage.duckdb")
	job := stage.Job{Path: p.path, Name: p.file(), Work: filepath.Join(work, "copy"), Out: out, Source: m.Source, Batch: id, LoadedAt: began.UTC().Truncate(time.Microsecond), Key: db.Key, Zone: zone, Mapping: m}
	if r.DryRun {
		job.Samples = 20
	}
	if err := os.MkdirAll(job.Work, 0o700); err != nil {
		return BatchResult{}, nil, fmt.Errorf("source: %w", err)
	}
	rep, err := stage.Run(ctx, job, bounds(p.bytes), tell)
	if err != nil {
		return BatchResult{}, nil, err
	}
	if err := rep.Usable(p.name); err != nil {
		return BatchResult{}, nil, err
	}
	drift, err := driftOf(ctx, db, m.Source, id, p.name, rep, r.began)
	if err != nil {
		return BatchResult{}, nil, err
	}
	if r.DryRun {
		b, err := dryResult(ctx, db, id, p, rep, out, time.Since(began))
		return b, drift, err
	}
	if drift != nil && !r.AcceptDrift {
		return BatchResult{}, drift, drift.refuse()
	}
	tell(95, 100, "committing", "提交")
	b, err := commit(ctx, db, r, p, m, yaml, id, rep, out, began)
	return b, drift, err
}

func commit(ctx context.Context, db *store.DB, r Request, p part, m mapping.Mapping, yaml, id string, rep stage.Report, out string, began time.Time) (BatchResult, error) {
	samples := rep.Samples
	rep.Samples = nil
	raw, err := rep.MarshalReport()
	if err != nil {
		return BatchResult{}, err
	}
	rep.Samples = samples
	b := fact.Batch{ID: id, Source: m.Source, Name: p.name, Member: p.member, Object: p.object, Bytes: p.bytes, Actor: r.Actor,
		Mapping: yaml, MappingHash: hashOf(yaml), LoadedAt: began, Rows: rep.Rows, Used: rep.Used, Rejected: rep.Rejected,
		CellsRejected: rep.CellsRejected, SetAside: rep.SetAside, Report: raw}
	b.Seconds = time.Since(began).Seconds()
	i := intent{actor: r.Actor, action: "batch.loaded", batch: b.ID, loaded: store.Time(began),
		detail: map[string]any{"source": b.Source, "name": b.Name, "rows": b.Rows, "rejected": b.Rejected}}
	err = audited(ctx, db, i, func(detail map[string]any) error {
		if b, err = fact.Commit(ctx, db, b, out); err != nil {
			return store.DiskFault(db.Dir, err)
		}
		detail["events"] = b.Events
		return guard(ctx, db, b.ID)
	})
	if err != nil {
		return BatchResult{}, err
	}
	b.Seconds = time.Since(began).Seconds()
	if err := fact.SetSeconds(ctx, db, b.ID, b.Seconds); err != nil {
		return BatchResult{}, err
	}
	return resultOf(b, false), nil
}

func resultOf(b fact.Batch, again bool) BatchResult {
	r := BatchResult{ID: b.ID, Name: b.Name, Bytes: b.Bytes, Rows: b.Rows, Used: b.Used, Rejected: b.Rejected, CellsRejected: b.CellsRejected,
		Parties: b.Parties, Events: b.Events, Seconds: b.Seconds, Again: again}
	var rep stage.Report
	if json.Unmarshal(b.Report, &rep) == nil {
		r.Report = &rep
	}
	return r
}

// dryResult reads what a commit would have brought from the stage file.
func dryResult(ctx context.Context, db *store.DB, id string, p part, rep stage.Report, out string, took time.Duration) (BatchResult, error) {
	b := BatchResult{ID: id, Name: p.name, Bytes: p.bytes, Rows: rep.Rows, Used: rep.Used, Rejected: rep.Rejected, CellsRejected: rep.CellsRejected,
		Seconds: took.Seconds(), Report: &rep}
	sum, err := fact.Peek(ctx, db, out, 200)
	if err != nil {
		return b, err
	}
	b.Events, b.Parties, b.ByVerb, b.Rejects = sum.Events, sum.Parties, sum.ByVerb, sum.Rejects
	return b, nil
}

// chooseMapping finds the mapping for a request: the given one, the stored one
// of the named source, the stored one that fits the files, a suggestion. Where
// there is none, unread says of each file why.
func chooseMapping(ctx context.Context, db *store.DB, r Request, parts []part, work string) (m mapping.Mapping, yaml string, suggested bool, unread []Failure, err error) {
	yaml = r.Mapping
	if yaml == "" && r.Source != "" {
		if v, err := GetMapping(ctx, db, r.Source); err == nil {
			yaml = v.YAML
		}
	}
	if yaml == "" {
		seen, err := look(ctx, db, parts, r.Source, filepath.Join(work, "look"), stage.LookJob{})
		if err != nil {
			return m, "", false, nil, err
		}
		yaml, suggested = seen.Confident, true
		if r.Source == "" {
			if v, ok := fitting(ctx, db, seen); ok {
				yaml, suggested = v.YAML, false
			}
		}
		if yaml == "" {
			return m, "", false, nothing(seen), nil
		}
	}
	if m, err = mapping.Parse([]byte(yaml)); err != nil {
		return m, "", false, nil, err
	}
	if r.Source != "" && m.Source != r.Source {
		m.Source = r.Source
		text, err := m.YAML()
		if err != nil {
			return m, "", false, nil, err
		}
		yaml = string(text)
	}
	return m, yaml, suggested, nil, nil
}
