-- name: verbs
-- Which verbs there are, rolled-back ones apart.
SELECT verb FROM event_day_all GROUP BY verb HAVING sum(n) > 0 ORDER BY verb;
