-- name: heads
-- How far the history and the judgements are.
SELECT coalesce((SELECT max(seq) FROM identity_change), 0), coalesce((SELECT max(seq) FROM identity_judgement), 0);

-- name: add-change
INSERT INTO identity_change (seq, act, kind, ts, actor, reason, undoes, undone, entities) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8);

-- name: set-undone
UPDATE identity_change SET undone = $2 WHERE seq = $1;

-- name: add-move
INSERT INTO identity_move (change, party, before, before_since, after, after_since) VALUES ($1, $2, $3, $4, $5, $6);

-- name: set-member
INSERT INTO identity_member (party, entity, since) VALUES ($1, $2, $3)
ON CONFLICT (party) DO UPDATE SET entity = excluded.entity, since = excluded.since;

-- name: drop-member
DELETE FROM identity_member WHERE party = $1;

-- name: members
SELECT party, entity, since FROM identity_member ORDER BY party;

-- name: get-change
SELECT seq, act, kind, ts, actor, reason, undoes, undone, entities FROM identity_change WHERE seq = $1;

-- name: moves
SELECT party, before, before_since, after, after_since FROM identity_move WHERE change = $1 ORDER BY party;

-- name: later
-- Changes after $1 that moved one of the parties that it moved, and stand.
SELECT DISTINCT c.seq, c.act, c.kind, c.ts, c.actor, c.reason, c.undoes, c.undone, c.entities
FROM identity_move m JOIN identity_move l ON l.party = m.party AND l.change > m.change
JOIN identity_change c ON c.seq = l.change
WHERE m.change = $1
ORDER BY c.seq;

-- name: later-party
-- Changes after $1 that moved party $2.
SELECT c.seq, c.act, c.kind, c.ts, c.actor, c.reason, c.undoes, c.undone, c.entities
FROM identity_move m JOIN identity_change c ON c.seq = m.change
WHERE m.party = $2 AND m.change > $1
ORDER BY c.seq;

-- name: later-switch
-- The last change that switched one of the judgements that $1 switched, where it is a later one than $1 and leaves it otherwise.
SELECT DISTINCT c.seq, c.act, c.kind, c.ts, c.actor, c.reason, c.undoes, c.undone, c.entities
FROM identity_switch s JOIN identity_judgement j ON j.seq = s.judgement JOIN identity_switch l ON l.judgement = s.judgement AND l.change > s.change
JOIN identity_change c ON c.seq = l.change
WHERE s.change = $1 AND j.active <> s.after
ORDER BY c.seq;

-- name: switches
SELECT judgement, before, after FROM identity_switch WHERE change = $1 ORDER BY judgement;

-- name: add-switch
INSERT INTO identity_switch (change, judgement, before, after) VALUES ($1, $2, $3, $4);

-- name: history
-- Changes that moved a party into or out of the entity, newest first; $2 = below this seq.
SELECT seq, act, kind, ts, actor, reason, undoes, undone, entities FROM identity_change
WHERE seq < $2 AND (seq IN (SELECT change FROM identity_move WHERE before = $1) OR seq IN (SELECT change FROM identity_move WHERE after = $1))
ORDER BY seq DESC LIMIT $3;

-- name: changes
-- By people and runs, newest first; $1 = below this seq, $2 = act or ''.
SELECT seq, act, kind, ts, actor, reason, undoes, undone, entities FROM identity_change
WHERE seq < $1 AND ($2 = '' OR act = $2)
ORDER BY seq DESC LIMIT $3;
