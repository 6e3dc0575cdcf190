-- name: list
SELECT name, body, actor, changed FROM customer_trait ORDER BY name;

-- name: put
INSERT INTO customer_trait (name, body, actor, changed) VALUES ($1, $2, $3, $4)
ON CONFLICT (name) DO UPDATE SET body = excluded.body, actor = excluded.actor, changed = excluded.changed;

-- name: remove
DELETE FROM customer_trait WHERE name = $1;
