-- name: reported
-- A figure of finance by source and month.
SELECT e.source, date_trunc('month', e.day)::DATE AS month, CAST(sum(e.amount) AS DOUBLE PRECISION), min(e.currency)
FROM event AS e
WHERE e.verb = 'stat.reported' AND e.object_key = $1 AND e.day >= $2::DATE AND e.day < $3::DATE
GROUP BY 1, 2
ORDER BY 1, 2;
