-- name: parties
SELECT party FROM identity_member WHERE entity = $1;

-- name: members
DELETE FROM identity_member WHERE party = $1;

-- name: moves
DELETE FROM identity_move WHERE party = $1;

-- name: switches
DELETE FROM identity_switch WHERE judgement IN (SELECT seq FROM identity_judgement WHERE a = $1 OR b = $1);

-- name: judgements
DELETE FROM identity_judgement WHERE a = $1 OR b = $1;

-- name: entities
-- The change stays in the history, without naming whom it was about.
UPDATE identity_change SET entities = '[]', reason = ''
WHERE entities LIKE '%"' || $1 || '"%';
