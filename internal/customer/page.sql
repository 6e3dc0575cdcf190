-- name: sections
-- Every section of a customer's page from its events alone, which stand before
-- this text as the CTE mine. One shape for all: section, texts a to d, counts
-- n1 to n6, a sum, two instants, and the event that says it.
object AS (
  SELECT source, object_kind, object_key, count(*)::BIGINT AS n, min(ts) AS t1, max(ts) AS t2,
         max(CASE WHEN verb IN ('deal.created', 'feedback.received', 'feedback.reopened', 'need.raised', 'request.queued', 'request.accepted', 'task.started') THEN ts END) AS opened,
         max(CASE WHEN verb IN ('deal.won', 'deal.lost', 'deal.removed', 'feedback.resolved', 'feedback.closed', 'match.made', 'flow.delivered', 'request.completed', 'task.ended') THEN ts END) AS closed,
         max(CASE WHEN verb = 'deal.won' THEN ts END) AS won, max(CASE WHEN verb = 'deal.lost' THEN ts END) AS lost,
         (array_agg(amount ORDER BY ts DESC, id) FILTER (WHERE amount IS NOT NULL))[1]::DOUBLE PRECISION AS amount,
         (array_agg(currency ORDER BY ts DESC, id) FILTER (WHERE amount IS NOT NULL))[1] AS currency,
         (array_agg(text ORDER BY ts, id) FILTER (WHERE text IS NOT NULL))[1] AS text,
         (array_agg(id ORDER BY ts DESC, id))[1] AS id, (array_agg(batch_id ORDER BY ts DESC, id))[1] AS batch_id, (array_agg(row_no ORDER BY ts DESC, id))[1] AS row_no
  FROM mine WHERE object_kind IN ('deal', 'case', 'request', 'need', 'task') AND object_key IS NOT NULL GROUP BY source, object_kind, object_key),
thing AS (
  SELECT *, CASE WHEN closed IS NULL AND opened IS NULL AND object_kind <> 'deal' THEN 'unknown'
                 WHEN closed IS NULL OR closed < opened THEN 'open'
                 WHEN won = closed THEN 'won' WHEN lost = closed THEN 'lost'
                 WHEN object_kind = 'deal' THEN 'removed' ELSE 'closed' END AS state
  FROM object),
place AS (SELECT *, row_number() OVER (PARTITION BY object_kind ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, t2 DESC, object_key) AS place FROM thing),
section AS (
  SELECT what AS section, a, NULL::TEXT AS b, NULL::TEXT AS c, NULL::TEXT AS d, count(*)::BIGINT AS n1, 0::BIGINT AS n2, 0::BIGINT AS n3, 0::BIGINT AS n4, 0::BIGINT AS n5, 0::BIGINT AS n6,
         NULL::DOUBLE PRECISION AS x, min(ts) AS t1, max(ts) AS t2, NULL::UUID AS id, NULL::UUID AS batch_id, NULL::BIGINT AS row_no
  FROM (SELECT k.what, m.ts, CASE k.what WHEN 'verb' THEN m.verb WHEN 'source' THEN m.source WHEN 'channel' THEN m.channel WHEN 'theirs' THEN m.other::TEXT ELSE m.staff::TEXT END AS a
        FROM mine m CROSS JOIN (VALUES ('verb'), ('source'), ('channel'), ('theirs'), ('ours')) AS k(what)) v
  WHERE a IS NOT NULL GROUP BY what, a
  UNION ALL
  SELECT 'state', object_kind, state, currency, NULL, count(*), 0, 0, 0, 0, 0, sum(amount), min(t1), max(t2), NULL, NULL, NULL FROM thing GROUP BY object_kind, state, currency
  UNION ALL
  SELECT 'object', object_kind, state, source || ':' || object_key, coalesce(currency, '') || '|' || coalesce(left(text, 300), ''), n, 0, 0, 0, 0, 0, amount, t1, t2, id, batch_id, row_no FROM place WHERE place <= 20
  UNION ALL
  SELECT 'campaign', source, object_key, max(arm), NULL, count(*) FILTER (WHERE verb = 'touch.sent'), count(*) FILTER (WHERE verb = 'touch.opened'), count(*) FILTER (WHERE verb = 'touch.clicked'),
         count(*) FILTER (WHERE verb = 'touch.failed'), count(*) FILTER (WHERE verb IN ('goal.reached', 'coupon.redeemed')), count(*), NULL, min(ts), max(ts),
         (array_agg(id ORDER BY ts DESC, id))[1], (array_agg(batch_id ORDER BY ts DESC, id))[1], (array_agg(row_no ORDER BY ts DESC, id))[1]
  FROM (SELECT *, CASE WHEN verb IN ('arm.assigned', 'touch.sent') THEN attrs ->> 'arm' END AS arm FROM mine WHERE object_kind = 'campaign') c GROUP BY source, object_key
  UNION ALL
  SELECT 'shovel', source, object_key, max(staff::TEXT), NULL, count(*) FILTER (WHERE verb = 'shovel.offered'), count(*) FILTER (WHERE verb = 'shovel.opened'), count(*) FILTER (WHERE verb = 'shovel.used'),
         count(*) FILTER (WHERE verb = 'shovel.skipped'), 0, count(*), NULL, min(ts), max(ts),
         (array_agg(id ORDER BY ts DESC, id))[1], (array_agg(batch_id ORDER BY ts DESC, id))[1], (array_agg(row_no ORDER BY ts DESC, id))[1]
  FROM mine WHERE verb IN ('shovel.offered', 'shovel.opened', 'shovel.used', 'shovel.skipped') GROUP BY source, object_key
  UNION ALL
  SELECT 'owner', verb, staff::TEXT, source, NULL, 1, 0, 0, 0, 0, 0, NULL, ts, ts, id, batch_id, row_no FROM mine
  WHERE verb IN ('account.handed', 'lead.assigned', 'account.created', 'deal.assigned') AND staff IS NOT NULL
  UNION ALL
  SELECT 'promise', verb, staff::TEXT, due, left(text, 300), 1, 0, 0, 0, 0, 0, NULL, ts, ts, id, batch_id, row_no
  FROM (SELECT *, coalesce(attrs ->> 'promise', attrs ->> 'promised', attrs ->> 'due', attrs ->> 'next', attrs ->> 'planned') AS due
        FROM mine WHERE verb IN ('activity.logged', 'message.sent', 'feedback.replied', 'feedback.updated', 'need.raised', 'request.accepted') AND attrs IS NOT NULL) p WHERE due IS NOT NULL),
cut AS (SELECT *, row_number() OVER (PARTITION BY section ORDER BY t2 DESC, n1 DESC, a, b, c) AS nth FROM section)
SELECT section, coalesce(a, ''), coalesce(b, ''), coalesce(c, ''), coalesce(d, ''), n1, n2, n3, n4, n5, n6, x, t1, t2, coalesce(id::TEXT, ''), coalesce(batch_id::TEXT, ''), coalesce(row_no, 0)
FROM cut WHERE nth <= 100 OR section IN ('verb', 'state', 'source', 'channel') ORDER BY section, nth;

-- name: names
-- The entities of some parties, with a name and a title; $1 to $n stand before it as the CTE asked.
SELECT p.id::TEXT, coalesce(r.entity, p.id)::TEXT, coalesce(nullif(p.name, ''), p.key), coalesce(p.title, '')
FROM party p JOIN asked a ON a.id = p.id LEFT JOIN party_entity r ON r.party = p.id;

-- name: contacts
-- People who give one of the customer's names as their company, without an event in common.
SELECT p.id::TEXT, coalesce(r.entity, p.id)::TEXT, coalesce(nullif(p.name, ''), p.key), coalesce(p.title, '')
FROM party p LEFT JOIN party_entity r ON r.party = p.id
WHERE p.kind = 'person' AND p.company IN (SELECT name FROM asked) ORDER BY p.name, p.id LIMIT 50;

-- name: family
-- The customer's parent and branches, as the last refresh found them.
SELECT f.entity::TEXT, coalesce(f.parent::TEXT, ''), f.name, f.of_name, f.basis FROM company_parent f WHERE f.entity = $1::UUID OR f.parent = $1::UUID ORDER BY f.of_name, f.entity;

-- name: companies
-- Every account with what may tell its parent.
SELECT p.id::TEXT, coalesce(r.entity, p.id)::TEXT, p.source, p.key, coalesce(p.name, ''),
       coalesce(CASE WHEN p.attrs IS NOT NULL THEN coalesce(p.attrs ->> 'parent', p.attrs ->> 'subsidiary_of', p.attrs ->> 'parent_account', p.attrs ->> 'parent_company',
         p.attrs ->> '母公司', p.attrs ->> '上级公司', p.attrs ->> '上级客户', p.attrs ->> '所属集团') END, '')
FROM party p LEFT JOIN party_entity r ON r.party = p.id
WHERE p.kind = 'account' AND (p.name IS NOT NULL OR p.attrs IS NOT NULL) ORDER BY p.id;

-- name: family-clear
DELETE FROM company_parent;

-- name: family-add
INSERT INTO company_parent (entity, parent, name, of_name, basis) VALUES ($1::UUID, $2::UUID, $3, $4, $5);
