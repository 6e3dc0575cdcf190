-- name: get
SELECT name, version, ts, actor, body FROM identity_setting WHERE name = $1 ORDER BY version DESC LIMIT 1;

-- name: list
SELECT name, version, ts, actor, body FROM identity_setting WHERE name = $1 ORDER BY version DESC;

-- name: add
INSERT INTO identity_setting (name, version, ts, actor, body)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM identity_setting WHERE name = $1
RETURNING version;
