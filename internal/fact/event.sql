-- name: get
SELECT e.id::TEXT, e.source, e.tbl, e.batch_id::TEXT, e.row_no, e.verb, e.ts, e.ts_precision, e.loaded_at,
       coalesce(e.account::TEXT, ''), coalesce(e.person::TEXT, ''), coalesce(e.staff::TEXT, ''),
       coalesce(e.object_kind, ''), coalesce(e.object_key, ''), coalesce(e.channel, ''), e.amount::DOUBLE PRECISION, coalesce(e.currency, ''),
       e.quantity, coalesce(e.unit, ''), coalesce(e.text, ''), coalesce(e.attrs::TEXT, '')
FROM event e WHERE e.id = $1::UUID;

-- name: of-row
SELECT e.id::TEXT, e.source, e.tbl, e.batch_id::TEXT, e.row_no, e.verb, e.ts, e.ts_precision, e.loaded_at,
       coalesce(e.account::TEXT, ''), coalesce(e.person::TEXT, ''), coalesce(e.staff::TEXT, ''),
       coalesce(e.object_kind, ''), coalesce(e.object_key, ''), coalesce(e.channel, ''), e.amount::DOUBLE PRECISION, coalesce(e.currency, ''),
       e.quantity, coalesce(e.unit, ''), coalesce(e.text, ''), coalesce(e.attrs::TEXT, '')
FROM event e WHERE e.batch_id = $1::UUID AND e.row_no = $2 ORDER BY e.ts, e.verb, e.id;

-- name: versions
-- Overtaken versions, newest first.
SELECT e.id::TEXT, e.source, e.tbl, e.batch_id::TEXT, e.row_no, e.verb, e.ts, e.ts_precision, e.loaded_at,
       coalesce(e.account::TEXT, ''), coalesce(e.person::TEXT, ''), coalesce(e.staff::TEXT, ''),
       coalesce(e.object_kind, ''), coalesce(e.object_key, ''), coalesce(e.channel, ''), e.amount::DOUBLE PRECISION, coalesce(e.currency, ''),
       e.quantity, coalesce(e.unit, ''), coalesce(e.text, ''), coalesce(e.attrs::TEXT, '')
FROM event_superseded e JOIN batch b ON b.id = e.batch_id WHERE e.id = $1::UUID ORDER BY b.seq DESC, e.row_no DESC;

-- name: again
SELECT a.batch_id::TEXT, a.row_no FROM event_again a JOIN batch b ON b.id = a.batch_id WHERE a.id = $1::UUID ORDER BY b.seq, a.row_no;

-- name: again-of-row
-- Events that a row repeated: their id and the batch that holds them.
SELECT a.id::TEXT FROM event_again a WHERE a.batch_id = $1::UUID AND a.row_no = $2;

-- name: by-verb
-- Events per day and verb since a day, from the deltas.
SELECT day, verb, sum(n)::BIGINT FROM event_day_all WHERE day >= $1 AND verb <> 'stat.reported' GROUP BY day, verb HAVING sum(n) <> 0 ORDER BY day, verb;

-- name: totals
SELECT (SELECT coalesce(sum(n), 0)::BIGINT FROM event_day_all), (SELECT count(*) FROM party), (SELECT count(*) FROM batch WHERE state = 'loaded'),
       (SELECT coalesce(sum(rejected), 0)::BIGINT FROM batch WHERE state = 'loaded');

-- name: since
-- What came in since an instant.
SELECT coalesce(sum(events), 0)::BIGINT, coalesce(sum(parties), 0)::BIGINT, coalesce(sum(rejected + cells_rejected), 0)::BIGINT, count(*)
FROM batch WHERE state = 'loaded' AND loaded_at >= $1;

-- name: last-day
SELECT max(day) FROM (SELECT day FROM event_day_all GROUP BY day HAVING sum(n) > 0) d;

-- name: sources
-- One row per source: what it brought and when it was last heard of.
SELECT source, count(*) FILTER (WHERE state = 'loaded'), coalesce(sum(events) FILTER (WHERE state = 'loaded'), 0)::BIGINT,
       coalesce(sum(parties) FILTER (WHERE state = 'loaded'), 0)::BIGINT,
       coalesce(sum(rejected + cells_rejected) FILTER (WHERE state = 'loaded'), 0)::BIGINT,
       coalesce(sum(n_rows) FILTER (WHERE state = 'loaded'), 0)::BIGINT,
       max(loaded_at)
FROM batch GROUP BY source ORDER BY source;
