-- name: next
SELECT coalesce(max(seq), 0) + 1 FROM fact_outbox;

-- name: add
INSERT INTO fact_outbox (seq, ts, verb, body) VALUES ($1, $2, $3, $4);

-- name: after
SELECT seq, ts, verb, body FROM fact_outbox WHERE seq > $1 ORDER BY seq LIMIT 1000;
