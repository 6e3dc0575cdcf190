-- name: next
SELECT coalesce(max(seq), 0) + 1 FROM identity_run;

-- name: add
INSERT INTO identity_run (seq, kind, ts, seconds, actor, change, report)
SELECT coalesce(max(seq), 0) + 1, $1, $2, $3, $4, $5, $6 FROM identity_run RETURNING seq;

-- name: list
SELECT seq, kind, ts, seconds, actor, change, report FROM identity_run WHERE ($1 = '' OR kind = $1) AND seq < $2 ORDER BY seq DESC LIMIT $3;

-- name: get
SELECT seq, kind, ts, seconds, actor, change, report FROM identity_run WHERE seq = $1;
