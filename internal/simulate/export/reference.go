package export

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/sink"
	"github.com/chanzipu/outfitter/internal/simulate/truth"
)

// exporter carries what all files need.
type exporter struct {
	*sink.Folder
	w     *company.World
	refs  *references
	truth *truth.Truth
}

// references writes which entity each record is, to truth_entities.csv; at
// the end they are copied into truth.json.
type references struct {
	path string
	file *os.File
	buf  *bufio.Writer
	csv  *csv.Writer
	e    *exporter
}

func (e *exporter) openReferences() {
	path := filepath.Join(e.Dir, "truth_entities.csv")
	f, err := os.Create(path)
	if err != nil {
		e.Fail(fmt.Errorf("simulate: %s: %w", path, err))
		return
	}
	buf := bufio.NewWriterSize(f, 1<<20)
	e.refs = &references{path: path, file: f, buf: buf, csv: csv.NewWriter(buf), e: e}
	e.Fail(e.refs.csv.Write([]string{"source", "kind", "id", "entity"}))
}

func (e *exporter) refer(system, kind, id, entity string) {
	if e.Err == nil {
		e.Fail(e.refs.csv.Write([]string{system, kind, id, entity}))
	}
}

func (r *references) close() error {
	r.csv.Flush()
	return sink.CloseAll(r.csv.Error, r.buf.Flush, r.file.Close)
}

// writeTruth writes truth.json: everything but the entities at once, then
// the entities from their file, one per line.
func (e *exporter) writeTruth() error {
	head, err := json.MarshalIndent(e.truth, "", " ")
	if err != nil {
		return fmt.Errorf("simulate: truth.json: %w", err)
	}
	f, err := os.Create(filepath.Join(e.Dir, "truth.json"))
	if err != nil {
		return fmt.Errorf("simulate: truth.json: %w", err)
	}
	buf := bufio.NewWriterSize(f, 1<<20)
	buf.Write(head[:len(head)-2]) // without the closing "\n}"
	buf.WriteString(",\n \"entities\": [")
	if err := e.copyReferences(buf); err != nil {
		f.Close()
		return err
	}
	buf.WriteString("\n ]\n}\n")
	return sink.CloseAll(buf.Flush, f.Close)
}

func (e *exporter) copyReferences(w io.Writer) error {
	f, err := os.Open(e.refs.path)
	if err != nil {
		return fmt.Errorf("simulate: truth.json: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	r.ReuseRecord = true
	sep := "\n"
	for first := true; ; first = false {
		rec, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("simulate: truth.json: %w", err)
		}
		if first {
			continue
		}
		b, err := json.Marshal(truth.Reference{System: rec[0], Kind: rec[1], ID: rec[2], Entity: rec[3]})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s  %s", sep, b); err != nil {
			return err
		}
		sep = ",\n"
	}
}
