-- name: add
INSERT INTO segment (id, title, about, kind, mode, owner, rule, version, created, changed, refreshed, members, removed) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8, '', 0, '');

-- name: change
UPDATE segment SET title = $2, about = $3, mode = $4, owner = $5, rule = $6, version = $7, changed = $8 WHERE id = $1;

-- name: get
SELECT id, title, about, kind, mode, owner, rule, version, created, changed, refreshed, members, removed FROM segment WHERE id = $1;

-- name: list
-- Those in use ($1 = '') or in the recycle bin ($1 = 'removed').
SELECT id, title, about, kind, mode, owner, rule, version, created, changed, refreshed, members, removed FROM segment
WHERE ($1 = '' AND removed = '') OR ($1 <> '' AND removed <> '') ORDER BY title, id;

-- name: remove
UPDATE segment SET removed = $2 WHERE id = $1;

-- name: refreshed
UPDATE segment SET refreshed = $2, members = $3 WHERE id = $1;

-- name: add-version
INSERT INTO segment_version (segment, version, title, mode, rule, actor, ts) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: versions
SELECT version, title, mode, rule, actor, ts FROM segment_version WHERE segment = $1 ORDER BY version DESC;

-- name: put-list
INSERT INTO segment_list (segment, ts, n, body) VALUES ($1, $2, $3, $4) ON CONFLICT (segment) DO UPDATE SET ts = excluded.ts, n = excluded.n, body = excluded.body;

-- name: get-list
SELECT body FROM segment_list WHERE segment = $1;
