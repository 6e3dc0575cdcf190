-- name: add-session
INSERT INTO access_session (hash, user_id, created, seen, expires, address, agent)
VALUES ($1, $2, $3, $3, $4, $5, $6);

-- name: get-session
SELECT s.created, s.seen, s.expires,
       u.id, u.name, u.display, u.role, u.team, u.lang, u.theme, u.password, u.subject, u.disabled, u.created, u.last_seen
FROM access_session AS s
JOIN access_user AS u ON u.id = s.user_id
WHERE s.hash = $1;

-- name: see-session
UPDATE access_session SET seen = $2, expires = $3 WHERE hash = $1;

-- name: remove-session
DELETE FROM access_session WHERE hash = $1;

-- name: remove-user-sessions
-- All of a user's but one; $2 is empty when none is to stay.
DELETE FROM access_session WHERE user_id = $1 AND hash <> $2;

-- name: remove-expired
DELETE FROM access_session WHERE expires <= $1;

-- name: try
-- Counts one more try in the window that starts at $4; an older window starts again.
INSERT INTO access_attempt (kind, key, since, n) VALUES ($1, $2, $3, 1)
ON CONFLICT (kind, key) DO UPDATE SET
    n = CASE WHEN access_attempt.since < $4 THEN 1 ELSE access_attempt.n + 1 END,
    since = CASE WHEN access_attempt.since < $4 THEN excluded.since ELSE access_attempt.since END
RETURNING n;

-- name: forgive
-- A try that turned out right does not count.
UPDATE access_attempt SET n = n - 1 WHERE kind = $1 AND key = $2 AND n > 0;

-- name: forgive-all
DELETE FROM access_attempt WHERE kind = $1 AND key = $2;

-- name: remove-old-attempts
DELETE FROM access_attempt WHERE since < $1;
