-- name: add
INSERT INTO identity_judgement (seq, kind, a, b, verdict, actor, ts, blind, note, change, active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1);

-- name: set-active
UPDATE identity_judgement SET active = $2 WHERE seq = $1;

-- name: list
-- All that count, of a kind or every one ('').
SELECT seq, kind, a, b, verdict, actor, ts, blind, note, change, active FROM identity_judgement WHERE active = 1 AND ($1 = '' OR kind = $1) ORDER BY seq;

-- name: of-pair
SELECT seq, kind, a, b, verdict, actor, ts, blind, note, change, active FROM identity_judgement WHERE a = $1 AND b = $2 ORDER BY seq;

-- name: get
SELECT seq, kind, a, b, verdict, actor, ts, blind, note, change, active FROM identity_judgement WHERE seq = $1;
