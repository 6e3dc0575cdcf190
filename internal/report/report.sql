-- name: add
INSERT INTO report_report (id, year, actor, made, full_ids, bundle, bytes, manifest, result) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: list
-- Newest first.
SELECT id, year, actor, made, full_ids, bundle, bytes, manifest, result FROM report_report ORDER BY made DESC, id LIMIT $1;

-- name: get
SELECT id, year, actor, made, full_ids, bundle, bytes, manifest, result FROM report_report WHERE id = $1;
