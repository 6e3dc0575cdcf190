-- name: wide
-- What every trait is cut from, one row per entity and as-of day: from the CTE
-- e (events with entity and as_of), which stands before this text.
basic AS (
  SELECT entity, as_of, min(day) AS first_day, max(day) AS last_day, count(*) AS events, count(DISTINCT day) AS days, count(DISTINCT source) AS sources,
         max(CASE WHEN verb = 'account.churned' THEN day END) AS churned,
         count(*) FILTER (WHERE verb = 'touch.sent' AND day > as_of - 90) AS touches_90,
         count(*) FILTER (WHERE verb = 'touch.sent' AND day > as_of - 365) AS touches_365,
         count(*) FILTER (WHERE verb IN ('touch.clicked', 'touch.opened') AND day > as_of - 365) AS answers_365,
         count(*) FILTER (WHERE verb = 'feedback.received' AND day > as_of - 365) AS feedback_365,
         count(*) FILTER (WHERE verb IN ('feedback.escalated', 'feedback.reopened') AND day > as_of - 90) AS escalated_90,
         avg(CASE WHEN verb = 'feedback.rated' AND day > as_of - 365 THEN quantity END)::DOUBLE PRECISION AS rating
  FROM e GROUP BY entity, as_of),
buy AS (
  SELECT DISTINCT ON (entity, as_of) * FROM (
    SELECT entity, as_of, verb AS basis, count(*) AS purchases, min(day) AS first_buy, max(day) AS last_buy, count(*) FILTER (WHERE day > as_of - 365) AS purchases_365,
           CASE WHEN min(currency) IS NOT DISTINCT FROM max(currency) THEN sum(amount)::DOUBLE PRECISION END AS money,
           CASE WHEN min(currency) IS NOT DISTINCT FROM max(currency) THEN coalesce(sum(amount) FILTER (WHERE day > as_of - 365), 0)::DOUBLE PRECISION END AS money_365,
           min(currency) AS currency
    FROM e WHERE verb IN ('payment.received', 'order.placed', 'contract.signed', 'deal.won') GROUP BY entity, as_of, verb) v
  ORDER BY entity, as_of, CASE basis WHEN 'payment.received' THEN 0 WHEN 'order.placed' THEN 1 WHEN 'contract.signed' THEN 2 ELSE 3 END),
thing AS (
  SELECT entity, as_of, max(CASE WHEN verb IN ('feedback.received', 'feedback.reopened') THEN ts END) AS opened, max(CASE WHEN verb IN ('feedback.resolved', 'feedback.closed') THEN ts END) AS closed
  FROM e WHERE object_kind = 'case' AND object_key IS NOT NULL GROUP BY entity, as_of, source, object_key),
cases AS (SELECT entity, as_of, count(*) FILTER (WHERE opened IS NOT NULL AND (closed IS NULL OR closed < opened)) AS cases_open FROM thing GROUP BY entity, as_of),
own AS (
  SELECT entity, as_of, channel, object_kind, object_key, attrs, CASE WHEN ts_precision IN ('day', 'month') THEN NULL ELSE EXTRACT(HOUR FROM /*local*/ ts) END AS hour FROM e
  WHERE day > as_of - 365 AND verb IN ('touch.opened', 'touch.clicked', 'site.visited', 'goal.reached', 'coupon.redeemed', 'order.placed', 'feedback.received', 'payment.received', 'person.registered')),
choice AS (
  SELECT entity, as_of, 'channel' AS what, channel AS v, count(*) AS n FROM own WHERE channel IS NOT NULL GROUP BY entity, as_of, channel
  UNION ALL
  SELECT entity, as_of, 'daypart', CASE WHEN hour < 6 THEN 'night' WHEN hour < 12 THEN 'morning' WHEN hour < 14 THEN 'noon' WHEN hour < 18 THEN 'afternoon' ELSE 'evening' END, count(*)
  FROM own WHERE hour IS NOT NULL GROUP BY 1, 2, 4
  UNION ALL
  SELECT entity, as_of, 'product', product, count(*) FROM (
    SELECT entity, as_of, CASE WHEN object_kind = 'product' THEN object_key WHEN attrs IS NOT NULL THEN attrs ->> 'product' END AS product FROM e
    WHERE day > as_of - 365 AND (object_kind = 'product' OR attrs IS NOT NULL)) p
  WHERE product IS NOT NULL AND product <> '' GROUP BY entity, as_of, product),
best AS (
  SELECT DISTINCT ON (entity, as_of, what) entity, as_of, what, v, n::DOUBLE PRECISION / total AS share
  FROM (SELECT c.*, sum(n) OVER (PARTITION BY entity, as_of, what) AS total FROM choice c) t ORDER BY entity, as_of, what, n DESC, v COLLATE "C"),
w AS (
  SELECT b.*, y.basis, y.purchases, y.first_buy, y.last_buy, y.purchases_365, y.money, y.money_365, y.currency, coalesce(c.cases_open, 0) AS cases_open,
         ch.v AS channel, ch.share AS channel_share, da.v AS daypart, da.share AS daypart_share, pr.v AS product, pr.share AS product_share,
         (last_day - first_day)::DOUBLE PRECISION / NULLIF(days - 1, 0) AS gap, (b.as_of - last_day)::DOUBLE PRECISION AS silent
  FROM basic b LEFT JOIN buy y ON y.entity = b.entity AND y.as_of = b.as_of LEFT JOIN cases c ON c.entity = b.entity AND c.as_of = b.as_of
    LEFT JOIN best ch ON ch.entity = b.entity AND ch.as_of = b.as_of AND ch.what = 'channel'
    LEFT JOIN best da ON da.entity = b.entity AND da.as_of = b.as_of AND da.what = 'daypart'
    LEFT JOIN best pr ON pr.entity = b.entity AND pr.as_of = b.as_of AND pr.what = 'product')

-- name: asof
-- The newest day that has an event, not beyond $1.
SELECT max(day) FROM event_day WHERE day <= $1::DATE;

-- name: batches
SELECT id::TEXT, events, state, loaded_at, source = 'outfitter' FROM batch ORDER BY seq, id;

-- name: links
-- Tells whether any party changed its entity.
SELECT count(*), coalesce(max(since)::TEXT, ''), coalesce(count(DISTINCT entity), 0) FROM party_entity;

-- name: seen
SELECT part, seen FROM trait_batch;

-- name: see
INSERT INTO trait_batch (part, seen) VALUES ($1, $2);

-- name: unsee
DELETE FROM trait_batch;

-- name: wide-drop
DROP TABLE IF EXISTS trait_wide;

-- name: touched-drop
DROP TABLE IF EXISTS trait_touched;

-- name: touched-make
CREATE TEMP TABLE trait_touched (entity UUID);

-- name: touched-add
-- Customers whose events a batch brought, or took over from another.
INSERT INTO trait_touched
SELECT coalesce(r.entity, t.party) FROM (
  SELECT account AS party FROM event WHERE batch_id = $1::UUID UNION SELECT person FROM event WHERE batch_id = $1::UUID
  UNION SELECT s.account FROM event_superseded s JOIN event n ON n.id = s.id WHERE n.batch_id = $1::UUID
  UNION SELECT s.person FROM event_superseded s JOIN event n ON n.id = s.id WHERE n.batch_id = $1::UUID) t
LEFT JOIN party_entity r ON r.party = t.party WHERE t.party IS NOT NULL;

-- name: clear
DELETE FROM trait;

-- name: clear-touched
DELETE FROM trait WHERE entity IN (SELECT entity FROM trait_touched);

-- name: pairs-clear
DELETE FROM person_account;

-- name: pairs
-- Where a person's events stand: sorted, so that they are found at once.
INSERT INTO person_account (person, account, since, until)
SELECT person, account, min(day), max(day) FROM event WHERE person IS NOT NULL GROUP BY person, account ORDER BY person, account;

-- name: pairs-of
INSERT INTO person_account (person, account, since, until)
SELECT e.person, e.account, min(e.day), max(e.day) FROM event e WHERE e.batch_id = $1::UUID AND e.person IS NOT NULL GROUP BY e.person, e.account;

-- name: of
SELECT trait, num, coalesce(text, ''), day FROM trait WHERE entity = $1::UUID ORDER BY trait;

-- name: pairs-get
SELECT coalesce(account::TEXT, ''), min(since), max(until) FROM person_account WHERE person = $1::UUID GROUP BY account LIMIT 31;
