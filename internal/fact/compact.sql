-- name: note-clear
DELETE FROM compaction WHERE part = $1;

-- name: note
INSERT INTO compaction (part, n) VALUES ($1, $2);

-- name: months
-- Months that have grown by more than half, and $1 events, since they were last sorted.
SELECT to_char_month, n FROM (
  SELECT strftime(date_trunc('month', day), '%Y-%m') AS to_char_month, sum(n)::BIGINT AS n FROM event_day_all GROUP BY 1) m
WHERE n > $1::BIGINT + 1.5 * coalesce((SELECT max(c.n) FROM compaction c WHERE c.part = m.to_char_month), 0)
ORDER BY to_char_month;

-- name: sort-drop
DROP TABLE IF EXISTS sorted;

-- name: sort
CREATE TEMP TABLE sorted AS SELECT * FROM event WHERE day >= $1::DATE AND day < $2::DATE;

-- name: sort-clear
DELETE FROM event WHERE day >= $1::DATE AND day < $2::DATE;

-- name: sort-fill
-- Those without an account by their person, so that a person's lie together too.
INSERT INTO event SELECT * FROM sorted ORDER BY account, CASE WHEN account IS NULL THEN person END, ts, id;
