-- name: verbs
-- Which verbs there are, rolled-back ones apart.
SELECT verb FROM event_day GROUP BY verb HAVING sum(n) > 0 ORDER BY verb;

-- name: last-day
-- The newest day that has an event; for a stock that runs to now.
SELECT max(day) FROM event;
