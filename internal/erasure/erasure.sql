-- name: add-job
INSERT INTO erasure_job (id, ts, actor, why, step, plan, outcome, ended) VALUES ($1, $2, $3, $4, 'planned', $5, '{}', '');

-- name: get-job
SELECT id, ts, actor, why, step, plan, outcome, ended FROM erasure_job WHERE id = $1;

-- name: list-jobs
-- Newest first, before the one that began at $1 with the id $2.
SELECT id, ts, actor, why, step, plan, outcome, ended FROM erasure_job
WHERE ts < $1 OR (ts = $1 AND id < $2) ORDER BY ts DESC, id DESC LIMIT $3;

-- name: open-jobs
SELECT id, ts, actor, why, step, plan, outcome, ended FROM erasure_job WHERE step <> 'done' ORDER BY ts, id;

-- name: set-step
UPDATE erasure_job SET step = $2, outcome = $3 WHERE id = $1;

-- name: end-job
UPDATE erasure_job SET step = 'done', plan = '', outcome = $2, ended = $3 WHERE id = $1;

-- name: add-tombstone
INSERT INTO erasure_tombstone (hash, job, ts) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING;

-- name: tombstones
SELECT hash FROM erasure_tombstone;

-- name: put-object
INSERT INTO erasure_object (job, object, current_sha, n_rows, n_cells) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (job, object) DO UPDATE SET current_sha = excluded.current_sha, n_rows = erasure_object.n_rows + excluded.n_rows, n_cells = erasure_object.n_cells + excluded.n_cells;

-- name: objects
SELECT object, current_sha, n_rows, n_cells FROM erasure_object WHERE job = $1 ORDER BY object;
