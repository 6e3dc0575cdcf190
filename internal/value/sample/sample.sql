-- name: events
-- Events of a selection with the units that their parties are: entities where
-- they are known, else one unit for all sources that use the same code list.
WITH who AS (
  SELECT p.id AS party, coalesce(max(CAST(x.entity AS TEXT)) OVER w, min(CAST(p.id AS TEXT)) OVER w) AS unit
  FROM party AS p LEFT JOIN party_entity AS x ON x.party = p.id
  WINDOW w AS (PARTITION BY p.kind, p.namespace, p.key)
)
SELECT e.verb, e.ts, e.ts_precision, e.day, coalesce(a.unit, CAST(e.account AS TEXT)), coalesce(c.unit, CAST(e.person AS TEXT)), coalesce(s.unit, CAST(e.staff AS TEXT)),
       e.source, e.object_kind, e.object_key, CAST(e.amount AS DOUBLE PRECISION), e.quantity, e.currency, CAST(e.batch_id AS TEXT), e.row_no/*attrs*/
FROM event AS e
LEFT JOIN who AS a ON a.party = e.account
LEFT JOIN who AS c ON c.party = e.person
LEFT JOIN who AS s ON s.party = e.staff
WHERE TRUE /*where*/
ORDER BY e.ts, e.verb, CAST(e.id AS TEXT);

-- name: seen
-- How many events of a selection are loaded.
SELECT count(*) FROM event AS e WHERE TRUE /*where*/;

-- name: staff
-- Every colleague as each source knows them, with their unit before mails are compared.
SELECT DISTINCT coalesce(max(CAST(x.entity AS TEXT)) OVER w, min(CAST(p.id AS TEXT)) OVER w) AS unit, lower(coalesce(p.email, '')) AS email
FROM party AS p LEFT JOIN party_entity AS x ON x.party = p.id
WHERE p.kind = 'staff'
WINDOW w AS (PARTITION BY p.kind, p.namespace, p.key)
ORDER BY unit, email;

-- name: membership
-- Who was in which team from which day to which.
WITH who AS (
  SELECT p.id AS party, coalesce(max(CAST(x.entity AS TEXT)) OVER w, min(CAST(p.id AS TEXT)) OVER w) AS unit
  FROM party AS p LEFT JOIN party_entity AS x ON x.party = p.id
  WHERE p.kind = 'staff'
  WINDOW w AS (PARTITION BY p.kind, p.namespace, p.key)
)
SELECT w.unit, m.team, m.since, m.until, m.source
FROM membership AS m JOIN who AS w ON w.party = m.staff
ORDER BY w.unit, m.until NULLS LAST, m.since DESC NULLS LAST, m.team, m.source;

-- name: party
-- A field of every party of a kind, by unit.
WITH who AS (
  SELECT p.id AS party, coalesce(max(CAST(x.entity AS TEXT)) OVER w, min(CAST(p.id AS TEXT)) OVER w) AS unit
  FROM party AS p LEFT JOIN party_entity AS x ON x.party = p.id
  WHERE p.kind = $1
  WINDOW w AS (PARTITION BY p.kind, p.namespace, p.key)
)
SELECT w.unit, min(CASE $2::TEXT WHEN 'city' THEN p.city WHEN 'title' THEN p.title WHEN 'company' THEN p.company ELSE p.attrs ->> $2::TEXT END) AS v
FROM who AS w JOIN party AS p ON p.id = w.party
GROUP BY w.unit
ORDER BY w.unit;

-- name: first-day
-- The first day of a verb.
SELECT min(d.day) FROM event_day AS d WHERE d.verb = $1;

-- name: last-day
-- The last day, up to one, of which any source that has one of the verbs knows something.
SELECT max(d.day) FROM event_day AS d
WHERE d.day <= $1::DATE AND d.source IN (SELECT b.source FROM event_day AS b WHERE b.verb = $2::TEXT);
