-- name: next-seq
SELECT coalesce(max(seq), 0)::BIGINT + 1 FROM batch;

-- name: insert
INSERT INTO batch (id, seq, source, name, member, object, bytes, state, actor, mapping, mapping_hash, loaded_at, seconds,
                   n_rows, used, rejected, cells_rejected, set_aside, parties, events, since, until, report)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23);

-- name: remove
DELETE FROM batch WHERE id = $1;

-- name: set-state
UPDATE batch SET state = $2 WHERE id = $1;

-- name: set-seconds
UPDATE batch SET seconds = $2 WHERE id = $1;

-- name: get
SELECT id::TEXT, seq, source, name, member, object, bytes, state, actor, mapping, mapping_hash, loaded_at, seconds,
       n_rows, used, rejected, cells_rejected, set_aside, parties, events, since, until, report::TEXT
FROM batch WHERE id = $1::UUID;

-- name: list
-- Newest first; $1 = source or '', $2 = only batches below this seq.
SELECT id::TEXT, seq, source, name, member, object, bytes, state, actor, mapping, mapping_hash, loaded_at, seconds,
       n_rows, used, rejected, cells_rejected, set_aside, parties, events, since, until, report::TEXT
FROM batch WHERE ($1::TEXT = '' OR source = $1::TEXT) AND seq < $2 ORDER BY seq DESC LIMIT $3;

-- name: find-prefix
-- A batch by the first characters of its id, as a person types them.
SELECT id::TEXT FROM batch WHERE id::TEXT LIKE $1 ORDER BY seq DESC LIMIT 2;

-- name: others
-- Does the source have any other batch whose rows could share an id?
SELECT count(*) FROM batch WHERE source = $1 AND id <> $2::UUID;

-- name: latest-of-table
-- The newest loaded batch of the source, this one apart.
SELECT id::TEXT, report::TEXT, loaded_at FROM batch WHERE source = $1 AND state = 'loaded' AND id <> $2::UUID ORDER BY seq DESC LIMIT 20;

-- name: insert-rejects
INSERT INTO reject (batch_id, tbl, row_no, line_no, col, code, reason, reason_zh, text)
SELECT batch_id, tbl, row_no, line_no, col, code, reason, reason_zh, text FROM stage_reject;

-- name: remove-rejects
DELETE FROM reject WHERE batch_id = $1;

-- name: rejects
-- In the file's order; $2 = code or '', ($3, $4) = the last row and column seen.
SELECT tbl, row_no, line_no, col, code, reason, reason_zh, text FROM reject
WHERE batch_id = $1::UUID AND ($2::TEXT = '' OR code = $2::TEXT) AND (row_no > $3 OR (row_no = $3 AND col > $4))
ORDER BY row_no, col LIMIT $5;

-- name: reject-codes
SELECT code, col, count(*) FROM reject WHERE batch_id = $1::UUID GROUP BY code, col ORDER BY count(*) DESC, code, col;

-- name: rejects-of-row
SELECT tbl, row_no, line_no, col, code, reason, reason_zh, text FROM reject WHERE batch_id = $1::UUID AND row_no = $2 ORDER BY col;

-- name: by-verb
SELECT verb, count(*) FROM event WHERE batch_id = $1::UUID GROUP BY verb ORDER BY verb;

-- name: staged
-- How much is staged: rows, and earlier rows of the same id, of each table.
SELECT (SELECT count(*) FROM stage_event), (SELECT count(*) FROM stage_event_dup),
       (SELECT count(*) FROM stage_party_record), (SELECT count(*) FROM stage_party_record_dup),
       (SELECT count(*) FROM stage_membership), (SELECT count(*) FROM stage_membership_dup),
       (SELECT count(*) FROM stage_snapshot), (SELECT count(*) FROM stage_snapshot_dup);

-- name: extent
-- What the batch's own rows came to, staged: events, parties and their time range.
SELECT (SELECT count(*) FROM stage_event), (SELECT count(DISTINCT party) FROM stage_party_record),
       (SELECT min(ts) FROM stage_event), (SELECT max(ts) FROM stage_event);
