-- name: drop
DROP TABLE IF EXISTS day_delta;

-- name: add
INSERT INTO event_day (day, verb, source, tbl, channel, object_kind, staff, currency, unit, n, amount, n_amount, quantity)
SELECT day, verb, source, tbl, channel, object_kind, staff, currency, unit, n, amount, n_amount, quantity FROM day_delta;

-- name: add-all
-- The same without the staff.
INSERT INTO event_day_all (day, verb, source, tbl, channel, object_kind, currency, unit, n, amount, n_amount, quantity)
SELECT day, verb, source, tbl, channel, object_kind, currency, unit, sum(n)::BIGINT, sum(amount), sum(n_amount)::BIGINT, sum(quantity)
FROM day_delta GROUP BY day, verb, source, tbl, channel, object_kind, currency, unit;

-- name: size
SELECT count(*), coalesce((SELECT max(n) FROM compaction WHERE part = 'day'), 0) FROM event_day;

-- name: merged-drop
DROP TABLE IF EXISTS merged;

-- name: merge
CREATE TEMP TABLE merged AS
SELECT day, verb, source, tbl, channel, object_kind, staff, currency, unit, sum(n)::BIGINT AS n, sum(amount) AS amount, sum(n_amount)::BIGINT AS n_amount, sum(quantity) AS quantity
FROM event_day GROUP BY day, verb, source, tbl, channel, object_kind, staff, currency, unit HAVING sum(n) <> 0;

-- name: clear
DELETE FROM event_day;

-- name: fill
INSERT INTO event_day (day, verb, source, tbl, channel, object_kind, staff, currency, unit, n, amount, n_amount, quantity)
SELECT day, verb, source, tbl, channel, object_kind, staff, currency, unit, n, amount, n_amount, quantity FROM merged ORDER BY day, verb;

-- name: size-all
SELECT count(*), coalesce((SELECT max(n) FROM compaction WHERE part = 'day_all'), 0) FROM event_day_all;

-- name: merge-all
CREATE TEMP TABLE merged AS
SELECT day, verb, source, tbl, channel, object_kind, currency, unit, sum(n)::BIGINT AS n, sum(amount) AS amount, sum(n_amount)::BIGINT AS n_amount, sum(quantity) AS quantity
FROM event_day_all GROUP BY day, verb, source, tbl, channel, object_kind, currency, unit HAVING sum(n) <> 0;

-- name: clear-all
DELETE FROM event_day_all;

-- name: fill-all
INSERT INTO event_day_all (day, verb, source, tbl, channel, object_kind, currency, unit, n, amount, n_amount, quantity)
SELECT day, verb, source, tbl, channel, object_kind, currency, unit, n, amount, n_amount, quantity FROM merged ORDER BY day, verb;

-- name: version
SELECT n FROM fact_version;

-- name: changed
UPDATE fact_version SET n = n + 1;
