-- name: touched-drop
DROP TABLE IF EXISTS touched;

-- name: touched-stage
-- Parties that the commit of the newest batch changes: one that is said again as it was stays.
CREATE TEMP TABLE touched AS SELECT DISTINCT s.party AS id FROM stage_party_record s WHERE NOT EXISTS (SELECT 1 FROM clash c WHERE c.id = s.id AND c.same);

-- name: touched-all
-- Parties that the commit of an older batch may change.
CREATE TEMP TABLE touched AS SELECT DISTINCT party AS id FROM stage_party_record;

-- name: touched-batch
-- Parties that a rollback may change: call it before and after, the union counts.
CREATE TEMP TABLE touched AS
SELECT DISTINCT party AS id FROM party_record WHERE batch_id = $1::UUID
UNION SELECT party FROM party_record_superseded WHERE batch_id = $1::UUID
UNION SELECT r.party FROM party_record_again a JOIN party_record r ON r.id = a.id WHERE a.batch_id = $1::UUID;

-- name: forget
DELETE FROM party WHERE id IN (SELECT id FROM touched);

-- name: merge
-- A party from all that its tables say: each field the newest that is there.
INSERT INTO party (id, source, kind, namespace, key, name, phone, email, tax_no, address, city, title, company, attrs, batch_id, row_no)
SELECT r.party, min(r.source), min(r.kind), min(r.namespace), min(r.key),
       (array_agg(r.name    ORDER BY b.seq DESC, r.row_no DESC) FILTER (WHERE r.name IS NOT NULL))[1],
       (array_agg(r.phone   ORDER BY b.seq DESC, r.row_no DESC) FILTER (WHERE r.phone IS NOT NULL))[1],
       (array_agg(r.email   ORDER BY b.seq DESC, r.row_no DESC) FILTER (WHERE r.email IS NOT NULL))[1],
       (array_agg(r.tax_no  ORDER BY b.seq DESC, r.row_no DESC) FILTER (WHERE r.tax_no IS NOT NULL))[1],
       (array_agg(r.address ORDER BY b.seq DESC, r.row_no DESC) FILTER (WHERE r.address IS NOT NULL))[1],
       (array_agg(r.city    ORDER BY b.seq DESC, r.row_no DESC) FILTER (WHERE r.city IS NOT NULL))[1],
       (array_agg(r.title   ORDER BY b.seq DESC, r.row_no DESC) FILTER (WHERE r.title IS NOT NULL))[1],
       (array_agg(r.company ORDER BY b.seq DESC, r.row_no DESC) FILTER (WHERE r.company IS NOT NULL))[1],
       (array_agg(r.attrs   ORDER BY b.seq DESC, r.row_no DESC) FILTER (WHERE r.attrs IS NOT NULL))[1],
       (array_agg(r.batch_id ORDER BY (r.name IS NULL), b.seq DESC, r.row_no DESC))[1],
       (array_agg(r.row_no   ORDER BY (r.name IS NULL), b.seq DESC, r.row_no DESC))[1]
FROM party_record r JOIN touched t ON t.id = r.party JOIN batch b ON b.id = r.batch_id
GROUP BY r.party;

-- name: take-fresh
-- The first batch of a source whose parties each stand in one table: as staged.
INSERT INTO party (id, source, kind, namespace, key, name, phone, email, tax_no, address, city, title, company, attrs, batch_id, row_no)
SELECT party, source, kind, namespace, key, name, phone, email, tax_no, address, city, title, company, attrs, batch_id, row_no
FROM stage_party_record;

-- name: twice
-- Is a party named by more than one table of the stage?
SELECT count(*) FROM (SELECT party FROM stage_party_record GROUP BY party HAVING count(*) > 1) t;

-- name: get
SELECT id::TEXT, source, kind, namespace, key, coalesce(name, ''), coalesce(phone, ''), coalesce(email, ''), coalesce(tax_no, ''),
       coalesce(address, ''), coalesce(city, ''), coalesce(title, ''), coalesce(company, ''), coalesce(attrs::TEXT, ''), batch_id::TEXT, row_no
FROM party WHERE id = $1::UUID;

-- name: of-row
SELECT party::TEXT, source, kind, namespace, key, coalesce(name, ''), coalesce(phone, ''), coalesce(email, ''), coalesce(tax_no, ''),
       coalesce(address, ''), coalesce(city, ''), coalesce(title, ''), coalesce(company, ''), coalesce(attrs::TEXT, ''), batch_id::TEXT, row_no
FROM party_record WHERE batch_id = $1::UUID AND row_no = $2 ORDER BY kind, namespace, key;

-- name: search
-- By the start or the inside of a name, or an exact key; $1 lower-case pattern, $2 the text itself.
SELECT id::TEXT, source, kind, namespace, key, coalesce(name, ''), coalesce(phone, ''), coalesce(email, ''), coalesce(tax_no, ''),
       coalesce(address, ''), coalesce(city, ''), coalesce(title, ''), coalesce(company, ''), coalesce(attrs::TEXT, ''), batch_id::TEXT, row_no
FROM party WHERE (lower(name) LIKE $1 OR key = $2) AND ($4::TEXT = '' OR kind = $4::TEXT) ORDER BY length(name), name, id LIMIT $3;

-- name: search-plain
-- The same for a text that has no capital and no small letter: folding every
-- name costs four times the search, and Chinese has none.
SELECT id::TEXT, source, kind, namespace, key, coalesce(name, ''), coalesce(phone, ''), coalesce(email, ''), coalesce(tax_no, ''),
       coalesce(address, ''), coalesce(city, ''), coalesce(title, ''), coalesce(company, ''), coalesce(attrs::TEXT, ''), batch_id::TEXT, row_no
FROM party WHERE (name LIKE $1 OR key = $2) AND ($4::TEXT = '' OR kind = $4::TEXT) ORDER BY length(name), name, id LIMIT $3;

-- name: links
-- How much of each party namespace two sources have in common, by key.
SELECT a.source, b.source, a.kind || ':' || a.namespace, count(*),
       (SELECT count(*) FROM party t WHERE t.source = a.source AND t.kind = a.kind AND t.namespace = a.namespace)
FROM party a JOIN party b ON b.kind = a.kind AND b.namespace = a.namespace AND b.key = a.key AND b.source <> a.source
WHERE a.source = $1
GROUP BY a.source, b.source, a.kind, a.namespace
ORDER BY 2, 3;

-- name: links-object
-- The same for what events are about: deals, cases, campaigns.
WITH mine AS (SELECT DISTINCT object_kind, object_key FROM event WHERE source = $1 AND object_key IS NOT NULL),
     other AS (SELECT DISTINCT source, object_kind, object_key FROM event WHERE source <> $1 AND object_key IS NOT NULL)
SELECT $1::TEXT, o.source, m.object_kind, count(*), (SELECT count(*) FROM mine t WHERE t.object_kind = m.object_kind)
FROM mine m JOIN other o ON o.object_kind = m.object_kind AND o.object_key = m.object_key
GROUP BY o.source, m.object_kind
ORDER BY 2, 3;

-- name: links-field
-- How many parties of a source share a phone, mail or tax number with another source's.
WITH v AS (
  SELECT source, kind, id, 'phone' AS field, phone AS value FROM party WHERE phone IS NOT NULL
  UNION ALL SELECT source, kind, id, 'email', lower(email) FROM party WHERE email IS NOT NULL
  UNION ALL SELECT source, kind, id, 'tax_no', tax_no FROM party WHERE tax_no IS NOT NULL
  UNION ALL SELECT source, kind, id, 'name', lower(name) FROM party WHERE name IS NOT NULL AND kind <> 'staff')
SELECT $1::TEXT, b.source, a.kind || '.' || a.field, count(DISTINCT a.id),
       (SELECT count(*) FROM v t WHERE t.source = $1::TEXT AND t.kind = a.kind AND t.field = a.field)
FROM v a JOIN v b ON b.field = a.field AND b.value = a.value AND b.kind = a.kind AND b.source <> a.source
WHERE a.source = $1::TEXT
GROUP BY b.source, a.kind, a.field
ORDER BY 2, 3;
