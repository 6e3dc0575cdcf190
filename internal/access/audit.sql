-- name: advance
-- Takes the head's lock until the transaction ends.
UPDATE access_audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash;

-- name: set-head
UPDATE access_audit_head SET hash = $1 WHERE id = 1;

-- name: get-head
SELECT seq, hash FROM access_audit_head WHERE id = 1;

-- name: add-entry
INSERT INTO access_audit (seq, ts, actor, action, target, detail, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: list-entries
-- Newest first, before $1; empty filters let all through; $3 is a prefix where $4 is 1.
SELECT seq, ts, actor, action, target, detail, hash
FROM access_audit
WHERE seq < $1
  AND ($2 = '' OR actor = $2)
  AND ($3 = '' OR action = $3 OR ($4 = 1 AND substr(action, 1, length($3)) = $3))
  AND ($5 = '' OR ts >= $5)
  AND ($6 = '' OR ts < $6)
ORDER BY seq DESC
LIMIT $7;

-- name: walk-entries
SELECT seq, ts, actor, action, target, detail, hash
FROM access_audit
WHERE seq > $1
ORDER BY seq
LIMIT 5000;
