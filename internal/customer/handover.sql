-- name: add
INSERT INTO customer_handover (id, from_staff, to_staff, n, reason, actor, ts, undone, undone_by) VALUES ($1, $2, $3, $4, $5, $6, $7, '', '');

-- name: add-item
INSERT INTO customer_handover_item (handover, account) VALUES ($1, $2);

-- name: items
SELECT account FROM customer_handover_item WHERE handover = $1 ORDER BY account;

-- name: list
SELECT id, from_staff, to_staff, n, reason, actor, ts, undone, undone_by FROM customer_handover WHERE ts < $1 ORDER BY ts DESC, id LIMIT $2;

-- name: get
SELECT id, from_staff, to_staff, n, reason, actor, ts, undone, undone_by FROM customer_handover WHERE id = $1;

-- name: undo
UPDATE customer_handover SET undone = $2, undone_by = $3 WHERE id = $1 AND undone = '';
