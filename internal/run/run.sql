-- name: add
INSERT INTO run_run (id, kind, title, title_zh, actor, state, done, total, unit, what, what_zh, params, result, error_code, error_en, error_zh, started, ended)
VALUES ($1, $2, $3, $4, $5, $6, 0, 0, '', '', '', $7, '', '', '', '', $8, '');

-- name: set
UPDATE run_run
SET state = $2, done = $3, total = $4, unit = $5, what = $6, what_zh = $7, result = $8, error_code = $9, error_en = $10, error_zh = $11, started = $12, ended = $13
WHERE id = $1;

-- name: get
SELECT id, kind, title, title_zh, actor, state, done, total, unit, what, what_zh, params, result, error_code, error_en, error_zh, started, ended
FROM run_run
WHERE id = $1;

-- name: list
-- Newest first, before the run that started at $1 with the id $2; without results, which may be large.
SELECT id, kind, title, title_zh, actor, state, done, total, unit, what, what_zh, params, '' AS result, error_code, error_en, error_zh, started, ended
FROM run_run
WHERE (started < $1 OR (started = $1 AND id < $2))
  AND ($3 = '' OR state = $3)
  AND ($4 = '' OR kind = $4)
ORDER BY started DESC, id DESC
LIMIT $5;

-- name: interrupt
-- What was under way when the process ended.
UPDATE run_run
SET state = 'failed', error_code = 'run.interrupted', error_en = $1, error_zh = $2, ended = $3
WHERE state IN ('queued', 'running');

-- name: remove-old
DELETE FROM run_run WHERE ended <> '' AND ended < $1;

-- name: count
SELECT state, count(*) FROM run_run GROUP BY state;

-- name: kept
-- What ended runs keep of their work.
SELECT id, title || ' ' || title_zh || ' ' || what || ' ' || params || ' ' || result FROM run_run WHERE ended <> '';

-- name: forget
UPDATE run_run SET title = '', title_zh = '', what = '', what_zh = '', params = '', result = '' WHERE id = $1;
