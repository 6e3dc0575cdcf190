-- name: same-person
-- A party, or an entity, with all that resolve to the same entity.
SELECT p.id::TEXT, p.source, p.kind, p.namespace, p.key, coalesce(p.name, '')
FROM party p
WHERE p.id = $1::UUID
   OR p.id IN (SELECT b.party FROM party_entity a JOIN party_entity b ON b.entity = a.entity WHERE a.party = $1::UUID)
   OR p.id IN (SELECT party FROM party_entity WHERE entity = $1::UUID)
ORDER BY p.source, p.kind, p.namespace, p.key;

-- name: entity-of
SELECT coalesce(min(entity::TEXT), '') FROM party_entity WHERE party = $1::UUID;

-- name: search
-- Parties that have exactly this name, key, phone, mail or number.
SELECT id::TEXT, source, kind, namespace, key, coalesce(name, '') FROM party
WHERE lower(name) = lower($1::TEXT) OR key = $1::TEXT OR phone = $1::TEXT OR lower(email) = lower($1::TEXT) OR tax_no = $1::TEXT
ORDER BY source, kind, namespace, key LIMIT 200;

-- name: drop-person
DROP TABLE IF EXISTS forgotten;

-- name: make-person
CREATE TEMP TABLE forgotten (id UUID);

-- name: add-person
INSERT INTO forgotten (id) VALUES ($1::UUID);

-- name: drop-words
DROP TABLE IF EXISTS forgotten_word;

-- name: make-words
CREATE TEMP TABLE forgotten_word (word TEXT, whole BOOLEAN);

-- name: add-word
-- whole: the text is all of a field; else it may stand inside one.
INSERT INTO forgotten_word (word, whole) VALUES ($1::TEXT, $2::BOOLEAN);

-- name: drop-rows
DROP TABLE IF EXISTS forgotten_row;

-- name: make-rows
-- Every row that names the person, and every row whose text holds one of the words.
CREATE TEMP TABLE forgotten_row AS
WITH mine AS (
  SELECT id, batch_id, row_no FROM event WHERE account IN (SELECT id FROM forgotten) OR person IN (SELECT id FROM forgotten) OR staff IN (SELECT id FROM forgotten)
  UNION ALL
  SELECT id, batch_id, row_no FROM event_superseded WHERE account IN (SELECT id FROM forgotten) OR person IN (SELECT id FROM forgotten) OR staff IN (SELECT id FROM forgotten)),
record AS (
  SELECT id, batch_id, row_no FROM party_record WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT id, batch_id, row_no FROM party_record_superseded WHERE party IN (SELECT id FROM forgotten)),
member AS (
  SELECT id, batch_id, row_no FROM membership WHERE staff IN (SELECT id FROM forgotten)
  UNION ALL SELECT id, batch_id, row_no FROM membership_superseded WHERE staff IN (SELECT id FROM forgotten)),
shot AS (
  SELECT id, batch_id, row_no FROM snapshot WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT id, batch_id, row_no FROM snapshot_superseded WHERE party IN (SELECT id FROM forgotten))
SELECT batch_id, row_no FROM mine
UNION SELECT a.batch_id, a.row_no FROM event_again a WHERE a.id IN (SELECT id FROM mine)
UNION SELECT batch_id, row_no FROM record
UNION SELECT a.batch_id, a.row_no FROM party_record_again a WHERE a.id IN (SELECT id FROM record)
UNION SELECT batch_id, row_no FROM member
UNION SELECT a.batch_id, a.row_no FROM membership_again a WHERE a.id IN (SELECT id FROM member)
UNION SELECT batch_id, row_no FROM shot
UNION SELECT a.batch_id, a.row_no FROM snapshot_again a WHERE a.id IN (SELECT id FROM shot);

-- name: rows
SELECT batch_id::TEXT, row_no FROM forgotten_row ORDER BY batch_id, row_no;

-- name: values
-- What was ever said of the person: field and value.
SELECT DISTINCT f, v FROM (
  SELECT 'key' AS f, key AS v FROM party_record WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT 'name', name FROM party_record WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT 'name', name FROM party_record_superseded WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT 'phone', phone FROM party_record WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT 'phone', phone FROM party_record_superseded WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT 'email', email FROM party_record WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT 'email', email FROM party_record_superseded WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT 'tax_no', tax_no FROM party_record WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT 'tax_no', tax_no FROM party_record_superseded WHERE party IN (SELECT id FROM forgotten)) x
WHERE v IS NOT NULL AND v <> '' ORDER BY f, v;

-- name: shared
-- How many other parties have the value as phone, mail or number.
SELECT count(*) FROM party WHERE (phone = $1::TEXT OR lower(email) = lower($1::TEXT) OR tax_no = $1::TEXT) AND id NOT IN (SELECT id FROM forgotten);

-- name: day-out
INSERT INTO event_day (day, verb, source, tbl, channel, object_kind, staff, currency, unit, n, amount, n_amount, quantity)
SELECT day, verb, source, tbl, channel, object_kind, staff, currency, unit, -count(*), -coalesce(sum(amount), 0), -count(amount), -coalesce(sum(quantity), 0)
FROM event WHERE staff IN (SELECT id FROM forgotten) GROUP BY day, verb, source, tbl, channel, object_kind, staff, currency, unit;

-- name: day-in
INSERT INTO event_day (day, verb, source, tbl, channel, object_kind, staff, currency, unit, n, amount, n_amount, quantity)
SELECT day, verb, source, tbl, channel, object_kind, NULL::UUID, currency, unit, count(*), coalesce(sum(amount), 0), count(amount), coalesce(sum(quantity), 0)
FROM event WHERE staff IN (SELECT id FROM forgotten) GROUP BY day, verb, source, tbl, channel, object_kind, currency, unit;

-- name: events
UPDATE event SET
  account = CASE WHEN account IN (SELECT id FROM forgotten) THEN NULL ELSE account END,
  person = CASE WHEN person IN (SELECT id FROM forgotten) THEN NULL ELSE person END,
  staff = CASE WHEN staff IN (SELECT id FROM forgotten) THEN NULL ELSE staff END,
  object_key = CASE WHEN object_key IN (SELECT word FROM forgotten_word) THEN NULL ELSE object_key END,
  text = NULL, attrs = NULL
WHERE account IN (SELECT id FROM forgotten) OR person IN (SELECT id FROM forgotten) OR staff IN (SELECT id FROM forgotten);

-- name: events-superseded
UPDATE event_superseded SET
  account = CASE WHEN account IN (SELECT id FROM forgotten) THEN NULL ELSE account END,
  person = CASE WHEN person IN (SELECT id FROM forgotten) THEN NULL ELSE person END,
  staff = CASE WHEN staff IN (SELECT id FROM forgotten) THEN NULL ELSE staff END,
  object_key = CASE WHEN object_key IN (SELECT word FROM forgotten_word) THEN NULL ELSE object_key END,
  text = NULL, attrs = NULL
WHERE account IN (SELECT id FROM forgotten) OR person IN (SELECT id FROM forgotten) OR staff IN (SELECT id FROM forgotten);

-- name: mentions
-- Other people's events whose text holds a phone, mail or number of the person.
UPDATE event SET text = NULL, attrs = NULL
WHERE EXISTS (SELECT 1 FROM forgotten_word w WHERE NOT w.whole AND (strpos(lower(event.text), lower(w.word)) > 0 OR strpos(lower(event.attrs::TEXT), lower(w.word)) > 0));

-- name: mentions-superseded
UPDATE event_superseded SET text = NULL, attrs = NULL
WHERE EXISTS (SELECT 1 FROM forgotten_word w WHERE NOT w.whole AND (strpos(lower(event_superseded.text), lower(w.word)) > 0 OR strpos(lower(event_superseded.attrs::TEXT), lower(w.word)) > 0));

-- name: mentions-party
UPDATE party SET attrs = NULL
WHERE EXISTS (SELECT 1 FROM forgotten_word w WHERE NOT w.whole AND strpos(lower(party.attrs::TEXT), lower(w.word)) > 0);

-- name: mentions-record
UPDATE party_record SET attrs = NULL
WHERE EXISTS (SELECT 1 FROM forgotten_word w WHERE NOT w.whole AND strpos(lower(party_record.attrs::TEXT), lower(w.word)) > 0);

-- name: mentions-record-superseded
UPDATE party_record_superseded SET attrs = NULL
WHERE EXISTS (SELECT 1 FROM forgotten_word w WHERE NOT w.whole AND strpos(lower(party_record_superseded.attrs::TEXT), lower(w.word)) > 0);

-- name: mentions-snapshot
UPDATE snapshot SET fields = NULL
WHERE EXISTS (SELECT 1 FROM forgotten_word w WHERE NOT w.whole AND strpos(lower(snapshot.fields::TEXT), lower(w.word)) > 0);

-- name: mentions-snapshot-superseded
UPDATE snapshot_superseded SET fields = NULL
WHERE EXISTS (SELECT 1 FROM forgotten_word w WHERE NOT w.whole AND strpos(lower(snapshot_superseded.fields::TEXT), lower(w.word)) > 0);

-- name: rejects
UPDATE reject SET text = ''
WHERE text <> '' AND (EXISTS (SELECT 1 FROM forgotten_row r WHERE r.batch_id = reject.batch_id AND r.row_no = reject.row_no)
   OR EXISTS (SELECT 1 FROM forgotten_word w WHERE NOT w.whole AND strpos(lower(reject.text), lower(w.word)) > 0)
   OR EXISTS (SELECT 1 FROM forgotten_word w WHERE w.whole AND length(w.word) >= 2 AND strpos(reject.text, w.word) > 0));

-- name: empty-records
-- Before they are removed: PostgreSQL and DuckDB keep removed rows until they clean up.
UPDATE party_record SET key = '', name = NULL, phone = NULL, email = NULL, tax_no = NULL, address = NULL, city = NULL, title = NULL, company = NULL, attrs = NULL
WHERE party IN (SELECT id FROM forgotten);

-- name: empty-records-superseded
UPDATE party_record_superseded SET key = '', name = NULL, phone = NULL, email = NULL, tax_no = NULL, address = NULL, city = NULL, title = NULL, company = NULL, attrs = NULL
WHERE party IN (SELECT id FROM forgotten);

-- name: empty-party
UPDATE party SET key = '', name = NULL, phone = NULL, email = NULL, tax_no = NULL, address = NULL, city = NULL, title = NULL, company = NULL, attrs = NULL
WHERE id IN (SELECT id FROM forgotten);

-- name: empty-snapshot
UPDATE snapshot SET key = '', fields = NULL WHERE party IN (SELECT id FROM forgotten);

-- name: empty-snapshot-superseded
UPDATE snapshot_superseded SET key = '', fields = NULL WHERE party IN (SELECT id FROM forgotten);

-- name: remove-records-again
DELETE FROM party_record_again WHERE id IN (SELECT id FROM party_record WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT id FROM party_record_superseded WHERE party IN (SELECT id FROM forgotten));

-- name: remove-records
DELETE FROM party_record WHERE party IN (SELECT id FROM forgotten);

-- name: remove-records-superseded
DELETE FROM party_record_superseded WHERE party IN (SELECT id FROM forgotten);

-- name: remove-party
DELETE FROM party WHERE id IN (SELECT id FROM forgotten);

-- name: remove-entity
DELETE FROM party_entity WHERE party IN (SELECT id FROM forgotten);

-- name: remove-membership-again
DELETE FROM membership_again WHERE id IN (SELECT id FROM membership WHERE staff IN (SELECT id FROM forgotten)
  UNION ALL SELECT id FROM membership_superseded WHERE staff IN (SELECT id FROM forgotten));

-- name: remove-membership
DELETE FROM membership WHERE staff IN (SELECT id FROM forgotten);

-- name: remove-membership-superseded
DELETE FROM membership_superseded WHERE staff IN (SELECT id FROM forgotten);

-- name: remove-snapshot-again
DELETE FROM snapshot_again WHERE id IN (SELECT id FROM snapshot WHERE party IN (SELECT id FROM forgotten)
  UNION ALL SELECT id FROM snapshot_superseded WHERE party IN (SELECT id FROM forgotten));

-- name: remove-snapshot
DELETE FROM snapshot WHERE party IN (SELECT id FROM forgotten);

-- name: remove-snapshot-superseded
DELETE FROM snapshot_superseded WHERE party IN (SELECT id FROM forgotten);

-- name: batches
-- Every delivery, whatever became of it: what its vault object holds can be known by it alone.
SELECT id::TEXT, source, name, member, object, bytes, mapping, report::TEXT FROM batch WHERE object <> '' ORDER BY seq;

-- name: reports
-- Batches whose report holds one of the words.
SELECT id::TEXT, report::TEXT FROM batch b
WHERE EXISTS (SELECT 1 FROM forgotten_word w WHERE length(w.word) >= 2 AND strpos(lower(b.report::TEXT), lower(w.word)) > 0);

-- name: set-report
UPDATE batch SET report = $2::JSON WHERE id = $1::UUID;

-- name: left
-- Parties that a batch names, by what a tombstone knows them.
SELECT DISTINCT party::TEXT, coalesce(phone, ''), coalesce(email, ''), coalesce(tax_no, '') FROM party_record WHERE ($1::TEXT = '' OR batch_id = CAST(NULLIF($1::TEXT, '') AS UUID));

-- name: outbox
SELECT seq, body FROM fact_outbox ORDER BY seq;

-- name: set-outbox
UPDATE fact_outbox SET body = $2 WHERE seq = $1;
