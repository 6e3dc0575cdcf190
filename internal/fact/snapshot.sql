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
SELECT e.id, e.source, e.tbl, e.batch_id, e.row_no, e.loaded_at, e.noun, e.key, e.party, e.party_kind, e.fields
FROM snapshot e JOIN batch b ON b.id = e.batch_id
WHERE b.seq < $1 AND e.fields IS NOT NULL AND e.source = $2
  AND EXISTS (SELECT 1 FROM stage_snapshot t WHERE t.tbl = e.tbl)
  AND NOT EXISTS (SELECT 1 FROM stage_snapshot s WHERE s.id = e.id);

-- name: tombstone
UPDATE snapshot SET batch_id = $3::UUID, row_no = 0, loaded_at = $4, fields = NULL
WHERE fields IS NOT NULL AND source = $2
  AND EXISTS (SELECT 1 FROM batch b WHERE b.id = snapshot.batch_id AND b.seq < $1)
  AND EXISTS (SELECT 1 FROM stage_snapshot t WHERE t.tbl = snapshot.tbl)
  AND NOT EXISTS (SELECT 1 FROM stage_snapshot s WHERE s.id = snapshot.id);
