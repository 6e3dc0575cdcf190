-- name: out
-- Everyone in the segment now with what an export shows, and whether they may
-- be contacted: blocked or withdrawn by the newest of consent.given,
-- consent.withdrawn and contact.blocked on the channel $2 (or on all), or by a
-- field of any of their parties. $1 the segment, $3 the party's kind.
WITH inside AS (SELECT DISTINCT coalesce(r.entity, m.entity) AS entity, m.since FROM segment_member m LEFT JOIN party_entity r ON r.party = m.entity WHERE m.segment = $1::TEXT AND m.until IS NULL),
known AS (
  SELECT coalesce(r.entity, p.id) AS entity, p.*, b.seq FROM party p JOIN batch b ON b.id = p.batch_id LEFT JOIN party_entity r ON r.party = p.id
  WHERE p.kind = $3::TEXT AND coalesce(r.entity, p.id) IN (SELECT entity FROM inside)),
card AS (
  SELECT entity, (array_agg(key ORDER BY seq DESC, id))[1] AS key,
         (array_agg(name ORDER BY seq DESC, id) FILTER (WHERE name IS NOT NULL))[1] AS name, (array_agg(phone ORDER BY seq DESC, id) FILTER (WHERE phone IS NOT NULL))[1] AS phone,
         (array_agg(email ORDER BY seq DESC, id) FILTER (WHERE email IS NOT NULL))[1] AS email, (array_agg(city ORDER BY seq DESC, id) FILTER (WHERE city IS NOT NULL))[1] AS city,
         (array_agg(title ORDER BY seq DESC, id) FILTER (WHERE title IS NOT NULL))[1] AS title, (array_agg(company ORDER BY seq DESC, id) FILTER (WHERE company IS NOT NULL))[1] AS company,
         max(CASE WHEN attrs IS NOT NULL AND lower(coalesce(attrs ->> 'do_not_contact', attrs ->> 'unsubscribed', attrs ->> 'opt_out', attrs ->> '免打扰', attrs ->> '退订', attrs ->> '拒绝联系', attrs ->> '黑名单'))
                  IN ('true', 'yes', 'y', '1', '是', '已退订', '√') THEN 1 ELSE 0 END) AS flagged
  FROM known GROUP BY entity),
said AS (
  SELECT DISTINCT ON (entity) entity, verb FROM (
    SELECT coalesce(r.entity, CASE WHEN $3::TEXT = 'person' THEN e.person ELSE e.account END) AS entity, e.verb, e.ts, e.id
    FROM event e LEFT JOIN party_entity r ON r.party = CASE WHEN $3::TEXT = 'person' THEN e.person ELSE e.account END
    WHERE e.verb IN ('consent.given', 'consent.withdrawn', 'contact.blocked') AND (e.channel IS NULL OR $2::TEXT = '' OR e.channel = $2::TEXT)) s
  WHERE entity IS NOT NULL ORDER BY entity, ts DESC, CASE verb WHEN 'consent.given' THEN 1 ELSE 0 END, id)
SELECT i.entity::TEXT, min(i.since), coalesce(c.key, ''), coalesce(c.name, ''), coalesce(c.phone, ''), coalesce(c.email, ''), coalesce(c.city, ''), coalesce(c.title, ''), coalesce(c.company, ''),
       CASE WHEN s.verb = 'contact.blocked' OR (s.verb IS NULL AND c.flagged = 1) THEN 'blocked' WHEN s.verb = 'consent.withdrawn' THEN 'withdrawn' WHEN s.verb = 'consent.given' THEN 'given' ELSE 'unknown' END
FROM inside i LEFT JOIN card c ON c.entity = i.entity LEFT JOIN said s ON s.entity = i.entity
GROUP BY i.entity, c.key, c.name, c.phone, c.email, c.city, c.title, c.company, c.flagged, s.verb ORDER BY i.entity;
