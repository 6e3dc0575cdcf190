#!/bin/sh
# Times fixed effects here and in pyfixest, side by side. Needs python3, Go, 8 GB of memory.
set -e
here=$(dirname "$0")
[ -x "$here/.venv/bin/python" ] || { python3 -m venv "$here/.venv" && "$here/.venv/bin/pip" install -q pyfixest pyarrow; }
python="$here/.venv/bin/python -W ignore"
rows=$(mktemp -d)/rows.parquet
go test -run xxx -bench OLS -benchtime 2x ./measure/panel
$python "$here/fe_pyfixest.py" 1e6 easy rust
$python "$here/fe_pyfixest.py" 1e6 sparse rust-cg rust
$python "$here/fe_pyfixest.py" 1e7 easy rust
go run "$here/main.go" -out "$rows"
$python "$here/fe_pyfixest.py" "$rows" rust
rm -r "$(dirname "$rows")"
