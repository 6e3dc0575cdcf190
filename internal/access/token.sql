-- name: add-token
INSERT INTO access_token (id, hash, name, role, source, hint, actor, created, expires, last_used)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '');

-- name: list-tokens
SELECT id, name, role, source, hint, actor, created, expires, last_used
FROM access_token
ORDER BY created DESC, id;

-- name: token-by-hash
SELECT id, name, role, source, hint, actor, created, expires, last_used
FROM access_token
WHERE hash = $1;

-- name: get-token
SELECT id, name, role, source, hint, actor, created, expires, last_used
FROM access_token
WHERE id = $1;

-- name: use-token
UPDATE access_token SET last_used = $2 WHERE id = $1;

-- name: remove-token
DELETE FROM access_token WHERE id = $1;
