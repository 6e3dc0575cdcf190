-- name: add-claim
INSERT INTO value_claim (id, created, withdrawn, why) VALUES ($1, $2, '', '') ON CONFLICT (id) DO NOTHING;

-- name: withdraw
UPDATE value_claim SET withdrawn = $2, why = $3 WHERE id = $1;

-- name: claims
SELECT id, withdrawn, why FROM value_claim ORDER BY created, id;

-- name: add-version
INSERT INTO value_version (claim, number, body, yaml, hash, author, created, sealed, sealer, code, seal_hash, audit, prereg, seen)
VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', '', '', 0, 0, 0);

-- name: versions
-- Of one claim, or of all where $1 is empty; newest first.
SELECT claim, number, body, yaml, hash, author, created, sealed, sealer, code, seal_hash, audit, prereg, seen
FROM value_version
WHERE ($1 = '' OR claim = $1)
ORDER BY claim, number DESC;

-- name: seal
UPDATE value_version SET sealed = $3, sealer = $4, code = $5, seal_hash = $6, audit = $7, prereg = $8, seen = $9
WHERE claim = $1 AND number = $2 AND sealed = '';

-- name: sign
INSERT INTO value_sign (claim, number, role, actor, name, note, hash, ts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (claim, number, role) DO NOTHING;

-- name: signs
SELECT claim, number, role, actor, name, note, hash, ts FROM value_sign WHERE ($1 = '' OR claim = $1) ORDER BY claim, number, ts, role;

-- name: add-result
INSERT INTO value_result (run, claim, number, ts, body) VALUES ($1, $2, $3, $4, $5);

-- name: results
-- Of one claim, or of all where $1 is empty; newest first.
SELECT claim, number, body FROM value_result WHERE ($1 = '' OR claim = $1) ORDER BY claim, number DESC, ts DESC, run;
