-- name: get
SELECT seq FROM outbox_cursor;

-- name: move
-- From where it was read, so that of two relays at once only one goes on.
UPDATE outbox_cursor SET seq = $1 WHERE seq = $2;

-- name: set
UPDATE outbox_cursor SET seq = $1;

-- name: insert
INSERT INTO event (id, source, tbl, batch_id, row_no, verb, ts, ts_precision, day, loaded_at, account, person, staff, object_kind, object_key, channel, amount, currency, quantity, unit, text, attrs)
VALUES ($1::UUID, 'outfitter', 'outbox', $2::UUID, $3, $4, $5, 'ms', $6, $7, $8::UUID, $9::UUID, $10::UUID, $11, $12, $13, $14, $15, $16, $17, $18, $19);

-- name: batch
SELECT count(*) FROM batch WHERE id = $1::UUID;

-- name: count
-- $4 more events: a row that is projected elsewhere is none.
UPDATE batch SET n_rows = $2, used = $2, loaded_at = $3, events = events + $4 WHERE id = $1;

-- name: ahead-count
UPDATE batch SET n_rows = $2, used = $2, events = (SELECT count(*) FROM event WHERE source = 'outfitter' AND tbl = 'outbox') WHERE id = $1;

-- name: ahead
-- Takes out what a facts copy has of the outbox beyond the state's.
DELETE FROM event WHERE source = 'outfitter' AND tbl = 'outbox' AND row_no > $1;
