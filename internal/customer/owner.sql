-- name: owned
-- Every account's owner by what happened: the newest of a hand-over, a lead's
-- assignment and its creation; a deal's only where there is none of these.
-- Then, for accounts without, the colleague whose key or name the owner's
-- field gives, if it is one alone. $1 the colleague's entity, '' = all.
WITH said AS (
  SELECT coalesce(r.entity, e.account) AS entity, coalesce(s.entity, e.staff) AS staff, e.ts, e.id, e.verb,
         CASE e.verb WHEN 'account.handed' THEN 0 WHEN 'lead.assigned' THEN 1 WHEN 'account.created' THEN 2 ELSE 3 END AS place
  FROM event e LEFT JOIN party_entity r ON r.party = e.account LEFT JOIN party_entity s ON s.party = e.staff
  WHERE e.verb IN ('account.handed', 'lead.assigned', 'account.created', 'deal.assigned') AND e.account IS NOT NULL AND e.staff IS NOT NULL),
last AS (SELECT DISTINCT ON (entity) entity, staff, ts, verb FROM said ORDER BY entity, CASE WHEN place = 3 THEN 1 ELSE 0 END, ts DESC, place, id DESC),
field AS (
  SELECT coalesce(r.entity, p.id) AS entity, p.source,
         coalesce(p.attrs ->> 'owner', p.attrs ->> 'account_manager', p.attrs ->> '负责人', p.attrs ->> '客户经理', p.attrs ->> '所属销售', p.attrs ->> 'owner_name') AS owner
  FROM party p LEFT JOIN party_entity r ON r.party = p.id WHERE p.kind = 'account' AND p.attrs IS NOT NULL),
colleague AS (SELECT coalesce(r.entity, p.id) AS staff, p.key, p.name FROM party p LEFT JOIN party_entity r ON r.party = p.id WHERE p.kind = 'staff'),
called AS (SELECT word, min(staff::TEXT)::UUID AS staff FROM (SELECT staff, key AS word FROM colleague UNION SELECT staff, name FROM colleague WHERE name IS NOT NULL) w GROUP BY word HAVING count(DISTINCT staff) = 1),
named AS (SELECT f.entity, min(c.staff::TEXT)::UUID AS staff FROM field f JOIN called c ON c.word = f.owner
          WHERE NOT EXISTS (SELECT 1 FROM last l WHERE l.entity = f.entity) GROUP BY f.entity HAVING count(DISTINCT c.staff) = 1)
SELECT o.entity::TEXT, o.staff::TEXT, o.ts, o.verb FROM (
  SELECT entity, staff, ts, verb FROM last UNION ALL SELECT entity, staff, NULL, 'field' FROM named) o
WHERE $1::TEXT = '' OR o.staff::TEXT = $1::TEXT
ORDER BY o.entity;

-- name: called
-- The colleagues that a key or name may mean.
SELECT DISTINCT coalesce(r.entity, p.id)::TEXT, coalesce(nullif(p.name, ''), p.key) FROM party p LEFT JOIN party_entity r ON r.party = p.id
WHERE p.kind = 'staff' AND (p.key = $1 OR p.name = $1) ORDER BY 1, 2;

-- name: left
-- Since when a colleague has left; no row = has not.
SELECT max(e.ts) FROM event e LEFT JOIN party_entity r ON r.party = e.staff
WHERE e.verb IN ('staff.left', 'staff.removed') AND coalesce(r.entity, e.staff) = $1::UUID;
