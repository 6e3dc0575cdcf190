-- name: add
INSERT INTO segment_holdout (id, segment, campaign, share, seed, state, proposed_by, proposed, decided_by, decided, reason) VALUES ($1, $2, $3, $4, $5, 'proposed', $6, $7, '', '', '');

-- name: get
SELECT id, segment, campaign, share, seed, state, proposed_by, proposed, decided_by, decided, reason FROM segment_holdout WHERE id = $1;

-- name: of
SELECT id, segment, campaign, share, seed, state, proposed_by, proposed, decided_by, decided, reason FROM segment_holdout WHERE segment = $1 ORDER BY proposed DESC, id;

-- name: decide
UPDATE segment_holdout SET state = $2, share = $3, decided_by = $4, decided = $5, reason = $6 WHERE id = $1 AND state = 'proposed';

-- name: arms
SELECT entity, arm FROM segment_arm WHERE holdout = $1;

-- name: add-arm
INSERT INTO segment_arm (holdout, entity, arm) VALUES ($1, $2, $3) ON CONFLICT (holdout, entity) DO NOTHING;

-- name: add-export
INSERT INTO segment_export (id, segment, version, actor, ts, body) VALUES ($1, $2, $3, $4, $5, $6);

-- name: exports
SELECT id, version, actor, ts, body FROM segment_export WHERE segment = $1 ORDER BY ts DESC, id LIMIT 200;

-- name: add-hook
INSERT INTO segment_hook (id, title, url, secret, internal, actor, created) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: hooks
SELECT id, title, url, secret, internal, actor, created FROM segment_hook ORDER BY title, id;

-- name: remove-hook
DELETE FROM segment_hook WHERE id = $1;
