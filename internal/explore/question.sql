-- name: add
INSERT INTO explore_question (id, title, query, actor, created, changed) VALUES ($1, $2, $3, $4, $5, $5);

-- name: list
SELECT id, title, query, actor, created, changed FROM explore_question ORDER BY title, id;

-- name: get
SELECT id, title, query, actor, created, changed FROM explore_question WHERE id = $1;

-- name: change
UPDATE explore_question SET title = $2, query = $3, changed = $4 WHERE id = $1;

-- name: remove
DELETE FROM explore_question WHERE id = $1;
