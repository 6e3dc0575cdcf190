// Package pdf prints a report with Chromium: the page of package html on A4,
// fonts embedded, with contents and page numbers.
//
// Chromium can't number the pages of a table of contents, so it prints twice:
// the first print's named destinations say on which page each chapter begins,
// the second shows it. Chromium is asked to fetch nothing and runs in a
// profile of its own that is removed afterwards.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/html"
)

// names under which Chromium is installed.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"}

// patience bounds one print.
const patience = 2 * time.Minute

// Find is the path of Chromium: OUTFITTER_CHROMIUM, or on the PATH. The error
// says how to install it.
func Find() (string, error) {
	if p := os.Getenv("OUTFITTER_CHROMIUM"); p != "" {
		if _, err := exec.LookPath(p); err == nil {
			return p, nil
		}
		return "", absent("OUTFITTER_CHROMIUM is "+strconv.Quote(p)+", which can't be run.", "OUTFITTER_CHROMIUM 指向 "+strconv.Quote(p)+"，但它无法运行。")
	}
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p, nil
		}
	}
	return "", absent("Chromium is not installed.", "没有安装 Chromium。")
}

func absent(en, zh string) error {
	return fault.New(fault.ErrConflict, "pdf.no_chromium",
		en+" The PDF needs it: install it (Debian, Ubuntu: apt install chromium fonts-noto-cjk; or set OUTFITTER_CHROMIUM to Chrome or Edge), or leave pdf out of --format and print the HTML from a browser.",
		zh+"生成 PDF 需要它：请安装（Debian、Ubuntu：apt install chromium fonts-noto-cjk；或用 OUTFITTER_CHROMIUM 指定 Chrome、Edge 的路径），或在 --format 里去掉 pdf，改用浏览器打印 HTML。")
}

// Write prints the document in one language.
func Write(ctx context.Context, w io.Writer, d *report.Document, lang string) error {
	chromium, err := Find()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "outfitter-pdf-")
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var out []byte
	var pages map[string]int
	for range 2 {
		var page bytes.Buffer
		if err := html.Write(&page, d, html.Options{Lang: lang, Pages: pages}); err != nil {
			return err
		}
		if out, err = printPage(ctx, chromium, dir, page.Bytes()); err != nil {
			return err
		}
		if pages = Destinations(out); len(pages) == 0 {
			break // a Chromium whose files we can't read: contents without numbers
		}
	}
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	return nil
}

func printPage(ctx context.Context, chromium, dir string, page []byte) ([]byte, error) {
	in, to := filepath.Join(dir, "report.html"), filepath.Join(dir, "report.pdf")
	if err := os.WriteFile(in, page, 0o600); err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	_ = os.Remove(to)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	args := []string{"--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-sync", "--disable-component-update", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer", "--generate-pdf-document-outline", "--user-data-dir=" + filepath.Join(dir, "profile"), "--print-to-pdf=" + to}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // Chromium refuses its sandbox to root, as in containers
	}
	cmd := exec.CommandContext(ctx, chromium, append(args, "file://"+in)...)
	cmd.WaitDelay = 5 * time.Second
	var said bytes.Buffer
	cmd.Stderr = &said
	runErr := cmd.Run()
	out, err := os.ReadFile(to)
	if err == nil && bytes.HasPrefix(out, []byte("%PDF-")) {
		return out, nil
	}
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("pdf: %s printed nothing: %s: %w", chromium, lastLine(said.String()), errors.Join(runErr, err))
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

var (
	objects = regexp.MustCompile(`(?s)(\d+) 0 obj\s*<</Type /Pages\b(.*?)>>\s*endobj`)
	kids    = regexp.MustCompile(`/Kids \[([^\]]*)\]`)
	refs    = regexp.MustCompile(`(\d+) 0 R`)
	named   = regexp.MustCompile(`/([A-Za-z0-9_-]+) \[(\d+) 0 R /XYZ`)
)

// Destinations are the pages, from 1, of the anchors that links of the file
// lead to. It reads what Chromium writes, not PDF in general.
func Destinations(file []byte) map[string]int {
	children, parent := map[string][]string{}, map[string]string{}
	for _, o := range objects.FindAllSubmatch(file, -1) {
		k := kids.FindSubmatch(o[2])
		if k == nil {
			continue
		}
		for _, r := range refs.FindAllSubmatch(k[1], -1) {
			children[string(o[1])] = append(children[string(o[1])], string(r[1]))
			parent[string(r[1])] = string(o[1])
		}
	}
	page, n := map[string]int{}, 0
	var walk func(id string, depth int)
	walk = func(id string, depth int) {
		if depth > 32 {
			return
		}
		if len(children[id]) == 0 {
			n++
			page[id] = n
			return
		}
		for _, c := range children[id] {
			walk(c, depth+1)
		}
	}
	for id := range children {
		if _, inner := parent[id]; !inner {
			walk(id, 0)
			break
		}
	}
	out := map[string]int{}
	for _, m := range named.FindAllSubmatch(file, -1) {
		if p := page[string(m[2])]; p > 0 {
			out[string(m[1])] = p
		}
	}
	return out
}
