-- name: add-user
INSERT INTO access_user (id, name, display, role, team, lang, theme, password, subject, disabled, created, last_seen)
VALUES ($1, $2, $3, $4, $5, $6, 'auto', $7, $8, 0, $9, '');

-- name: list-users
SELECT id, name, display, role, team, lang, theme, password, subject, disabled, created, last_seen
FROM access_user
ORDER BY name;

-- name: get-user
SELECT id, name, display, role, team, lang, theme, password, subject, disabled, created, last_seen
FROM access_user
WHERE id = $1;

-- name: user-by-name
SELECT id, name, display, role, team, lang, theme, password, subject, disabled, created, last_seen
FROM access_user
WHERE name = $1;

-- name: change-user
UPDATE access_user
SET display = $2, role = $3, team = $4, lang = $5, theme = $6, disabled = $7
WHERE id = $1;

-- name: set-password
UPDATE access_user SET password = $2 WHERE id = $1;

-- name: see-user
UPDATE access_user SET last_seen = $2 WHERE id = $1;

-- name: count-admins
-- Those who can still sign in and administer.
SELECT count(*) FROM access_user WHERE role = 'admin' AND disabled = 0;

-- name: user-by-subject
SELECT id, name, display, role, team, lang, theme, password, subject, disabled, created, last_seen
FROM access_user
WHERE subject = $1 AND subject <> '';
