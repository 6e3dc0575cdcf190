package fact

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Table is the answer to a query, values as JSON knows them.
type Table struct {
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
}

// maxRows bounds an answer, so that a careless query can't eat the memory.
const maxRows = 1_000_000

// Query runs one reading statement over the facts: event, party, batch,
// reject and the tables beside them. It runs in a read-only transaction on a
// connection that can reach no file.
func Query(ctx context.Context, db *store.DB, text string) (Table, error) {
	text = strings.TrimSuffix(strings.TrimSpace(text), ";")
	if err := reading(text); err != nil {
		return Table{}, err
	}
	conn, err := db.Facts.Raw().Conn(ctx)
	if err != nil {
		return Table{}, fmt.Errorf("fact: query: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "BEGIN TRANSACTION READ ONLY"); err != nil {
		return Table{}, fmt.Errorf("fact: query: %w", err)
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }()
	rows, err := conn.QueryContext(ctx, text)
	if err != nil {
		return Table{}, wrongSQL(ctx, err)
	}
	defer func() { _ = rows.Close() }()
	return scanTable(ctx, rows)
}

func scanTable(ctx context.Context, rows *sql.Rows) (t Table, err error) {
	if t.Columns, err = rows.Columns(); err != nil {
		return t, fmt.Errorf("fact: query: %w", err)
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return t, fmt.Errorf("fact: query: %w", err)
	}
	t.Rows = [][]any{}
	for rows.Next() {
		if len(t.Rows) == maxRows {
			return t, fault.New(fault.ErrInvalid, "query.rows",
				"The answer has over a million rows. Narrow it with WHERE or LIMIT.", "结果超过一百万行。请用 WHERE 或 LIMIT 缩小范围。")
		}
		vals, ptrs := make([]any, len(t.Columns)), make([]any, len(t.Columns))
		for i := range vals {
			ptrs[i] = &vals[i]
		}
		if err := rows.Scan(ptrs...); err != nil {
			return t, fmt.Errorf("fact: query: %w", err)
		}
		for i, v := range vals {
			vals[i] = plain(v, types[i].DatabaseTypeName())
		}
		t.Rows = append(t.Rows, vals)
	}
	if err := rows.Err(); err != nil {
		return t, wrongSQL(ctx, err)
	}
	return t, nil
}

// reading refuses all but a single reading statement.
func reading(text string) error {
	first := strings.ToUpper(strings.TrimLeft(text, "( \t\r\n"))
	ok := false
	for _, w := range []string{"SELECT", "WITH", "VALUES", "FROM", "DESCRIBE", "EXPLAIN", "SUMMARIZE", "TABLE"} {
		ok = ok || strings.HasPrefix(first, w)
	}
	quote := byte(0)
	for i := 0; i < len(text) && ok; i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '-' && strings.HasPrefix(text[i:], "--"):
			n := strings.IndexByte(text[i:], '\n')
			if n < 0 {
				n = len(text) - i - 1
			}
			i += n
		case c == ';':
			ok = false
		}
	}
	if !ok {
		return fault.New(fault.ErrInvalid, "query.reading",
			"Only one reading statement can be run here: start it with SELECT or WITH, without a semicolon inside.",
			"这里只能执行一条读取语句：以 SELECT 或 WITH 开头，中间不含分号。")
	}
	return nil
}

func wrongSQL(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	text, _, _ := strings.Cut(err.Error(), "\n\n")
	return fault.New(fault.ErrInvalid, "query.sql", "The query can't be run: "+text, "查询无法执行："+text)
}

// plain turns a driver's value into one that JSON can carry.
func plain(v any, typ string) any {
	switch v := v.(type) {
	case []byte:
		if typ == "UUID" && len(v) == 16 {
			if id, err := uuid.FromBytes(v); err == nil {
				return id.String()
			}
		}
		return string(v)
	case string:
		if n, err := strconv.ParseFloat(v, 64); typ == "NUMERIC" && err == nil { // as PostgreSQL's driver gives it
			return plain(n, "")
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil // JSON has no such number
		}
	case duckdb.Decimal:
		return v.Float64()
	case *big.Int:
		if v.IsInt64() {
			return v.Int64()
		}
		return v.String()
	case time.Time:
		switch typ {
		case "DATE":
			return v.Format("2006-01-02")
		case "TIME":
			return v.Format("15:04:05")
		}
		return v.UTC().Format(time.RFC3339Nano)
	case fmt.Stringer:
		return v.String()
	}
	return v
}
