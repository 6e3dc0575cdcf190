-- name: changed
-- Rows whose fields differ from the version before: old and new.
SELECT s.source, s.tbl, s.noun, s.key, coalesce(s.party::TEXT, ''), coalesce(s.party_kind, ''), s.row_no,
       coalesce(e.fields::TEXT, ''), coalesce(s.fields::TEXT, '')
FROM stage_snapshot s JOIN snapshot e ON e.id = s.id JOIN batch b ON b.id = e.batch_id
WHERE b.seq < $1 AND e.fields::TEXT IS DISTINCT FROM s.fields::TEXT
ORDER BY s.tbl, s.row_no;

-- name: removed
-- Rows of the delivered tables that are there no more.
SELECT e.source, e.tbl, e.noun, e.key, coalesce(e.party::TEXT, ''), coalesce(e.party_kind, ''), e.id::TEXT
FROM snapshot e JOIN batch b ON b.id = e.batch_id
WHERE b.seq < $1 AND e.fields IS NOT NULL AND e.source = $2
  AND EXISTS (SELECT 1 FROM stage_snapshot t WHERE t.tbl = e.tbl)
  AND NOT EXISTS (SELECT 1 FROM stage_snapshot s WHERE s.id = e.id)
ORDER BY e.tbl, e.key;

-- name: newer
-- Has the source a newer batch? Then this one tells nothing of what is gone.
SELECT count(*) FROM batch WHERE source = $1 AND seq > $2 AND state = 'loaded';

-- name: bury
-- A removed row becomes a version without fields, so that a rollback revives it.
INSERT INTO snapshot_superseded (id, source, tbl, batch_id, row_no, loaded_at, noun, key, party, party_kind, fields)
SELECT id, source, tbl, batch_id, row_no, loaded_at, noun, key, party, party_kind, fields FROM snapshot WHERE id = $1::UUID;

-- name: bury-leave
DELETE FROM snapshot WHERE id = $1::UUID;

-- name: tombstone
INSERT INTO snapshot (id, source, tbl, batch_id, row_no, loaded_at, noun, key, party, party_kind, fields)
VALUES ($1::UUID, $2, $3, $4::UUID, 0, $5, $6, $7, $8::UUID, $9, NULL);

-- name: insert-event
INSERT INTO event (id, source, tbl, batch_id, row_no, verb, ts, ts_precision, day, loaded_at, account, person, staff, object_kind, object_key, attrs)
VALUES ($1::UUID, $2, $3, $4::UUID, $5, $6, $7, 'second', $8, $7, $9::UUID, $10::UUID, $11::UUID, $12, $13, $14);

-- name: day
INSERT INTO event_day (day, verb, source, tbl, channel, object_kind, staff, currency, unit, n, amount, n_amount, quantity)
SELECT day, verb, source, tbl, channel, object_kind, staff, currency, unit, count(*), 0, 0, 0
FROM event WHERE batch_id = $1::UUID AND verb IN (SELECT DISTINCT noun || '.changed' FROM snapshot WHERE source = $2 UNION SELECT DISTINCT noun || '.removed' FROM snapshot WHERE source = $2)
GROUP BY day, verb, source, tbl, channel, object_kind, staff, currency, unit;
