-- name: verbs
-- One row per verb with a day in [$1, $2): how often, for how many.
SELECT verb, count(*), count(DISTINCT staff), count(DISTINCT account), count(DISTINCT object_key), CAST(min(day) AS TEXT), CAST(max(day) AS TEXT)
FROM event
WHERE day >= $1::DATE AND day < $2::DATE AND verb <> 'stat.reported'
GROUP BY verb
ORDER BY verb;

-- name: reach
-- One row per shovel offered, opened or used in [$1, $2).
WITH name AS (
  SELECT object_key, max(text) AS title FROM event
  WHERE object_kind = 'shovel' AND verb = 'work.launched' AND text IS NOT NULL
  GROUP BY object_key
)
SELECT e.object_key, coalesce(max(n.title), e.object_key),
       count(*) FILTER (WHERE e.verb = 'shovel.offered'), count(*) FILTER (WHERE e.verb = 'shovel.opened'), count(*) FILTER (WHERE e.verb = 'shovel.used'),
       count(DISTINCT e.staff) FILTER (WHERE e.verb IN ('shovel.opened', 'shovel.used')),
       count(DISTINCT date_trunc('month', e.day)) FILTER (WHERE e.verb = 'shovel.used')
FROM event AS e LEFT JOIN name AS n ON n.object_key = e.object_key
WHERE e.day >= $1::DATE AND e.day < $2::DATE AND e.object_kind = 'shovel' AND e.verb IN ('shovel.offered', 'shovel.opened', 'shovel.used')
GROUP BY e.object_key
ORDER BY 5 DESC, 1
LIMIT 30;

-- name: work
-- The middle office's own work in [$1, $2): launches that say for whom first.
SELECT verb, object_key, coalesce(text, ''), coalesce(attrs ->> 'teams', ''), coalesce(attrs ->> 'before', ''), coalesce(attrs ->> 'example', ''), CAST(day AS TEXT), CAST(batch_id AS TEXT), row_no
FROM event
WHERE day >= $1::DATE AND day < $2::DATE AND verb IN ('work.launched', 'work.done') AND text IS NOT NULL
  AND (object_kind = 'shovel' OR (attrs ->> 'teams') IS NOT NULL)
ORDER BY CASE WHEN (attrs ->> 'example') IS NULL THEN 1 ELSE 0 END, CASE WHEN verb = 'work.launched' THEN 0 ELSE 1 END, day, object_key, row_no
LIMIT 60;

-- name: channels
-- Feedback by channel, of which a source alone is one.
SELECT coalesce(nullif(channel, ''), source), count(*)
FROM event
WHERE day >= $1::DATE AND day < $2::DATE AND verb = 'feedback.received'
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT 20;

-- name: first-reply
-- Cases opened in [$1, $2) of sources that record replies: answered, later
-- than 24 wall-clock hours or never, and the median wait in hours. Times known
-- only to the day are left out.
WITH opened AS (
  SELECT source, object_key, min(ts) AS ts FROM event
  WHERE day >= $1::DATE AND day < $2::DATE AND verb = 'feedback.received' AND object_kind = 'case' AND ts_precision NOT IN ('day', 'month')
  GROUP BY source, object_key
), answered AS (
  SELECT source, object_key, min(ts) AS ts FROM event
  WHERE day >= $1::DATE AND verb = 'feedback.replied' AND object_kind = 'case' AND ts_precision NOT IN ('day', 'month')
  GROUP BY source, object_key
), wait AS (
  SELECT (EXTRACT(EPOCH FROM a.ts - o.ts) / 3600)::DOUBLE PRECISION AS hours
  FROM opened AS o LEFT JOIN answered AS a ON a.source = o.source AND a.object_key = o.object_key AND a.ts >= o.ts
  WHERE o.source IN (SELECT source FROM answered)
)
SELECT count(*), count(hours), count(*) FILTER (WHERE hours IS NULL OR hours > 24), coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY hours), 0)
FROM wait;

-- name: staff
-- Names of colleagues, to keep them out of free text.
SELECT DISTINCT name FROM party WHERE kind = 'staff' AND name IS NOT NULL AND length(name) > 1 ORDER BY name;
