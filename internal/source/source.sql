-- name: mapping-newest
SELECT source, version, yaml, hash, actor, ts FROM source_mapping WHERE source = $1 ORDER BY version DESC LIMIT 1;

-- name: mapping-versions
SELECT source, version, yaml, hash, actor, ts FROM source_mapping WHERE source = $1 ORDER BY version DESC;

-- name: mapping-all
-- The mapping in use of every source.
SELECT m.source, m.version, m.yaml, m.hash, m.actor, m.ts FROM source_mapping m
WHERE m.version = (SELECT max(n.version) FROM source_mapping n WHERE n.source = m.source) ORDER BY m.source;

-- name: mapping-add
INSERT INTO source_mapping (source, version, yaml, hash, actor, ts)
VALUES ($1, (SELECT coalesce(max(version), 0) + 1 FROM source_mapping WHERE source = $1), $2, $3, $4, $5);

-- name: upload-add
INSERT INTO source_upload (object, name, bytes, actor, ts) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (object) DO UPDATE SET name = excluded.name, actor = excluded.actor, ts = excluded.ts;

-- name: upload-get
SELECT object, name, bytes, actor, ts FROM source_upload WHERE object = $1;

-- name: setting-get
SELECT value FROM source_setting WHERE key = $1;

-- name: setting-put
INSERT INTO source_setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: folder-put
INSERT INTO source_folder (source, path, pattern, every_seconds, actor, polled, error, error_zh) VALUES ($1, $2, $3, $4, $5, '', '', '')
ON CONFLICT (source) DO UPDATE SET path = excluded.path, pattern = excluded.pattern, every_seconds = excluded.every_seconds, actor = excluded.actor;

-- name: folder-remove
DELETE FROM source_folder WHERE source = $1;

-- name: folder-all
SELECT source, path, pattern, every_seconds, actor, polled, error, error_zh FROM source_folder ORDER BY source;

-- name: folder-polled
UPDATE source_folder SET polled = $2, error = $3, error_zh = $4 WHERE source = $1;

-- name: file-all
SELECT path, bytes, modified, state FROM source_file WHERE source = $1;

-- name: file-put
INSERT INTO source_file (source, path, bytes, modified, state) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (source, path) DO UPDATE SET bytes = excluded.bytes, modified = excluded.modified, state = excluded.state;

-- name: intent-add
INSERT INTO source_intent (id, ts, actor, action, batch, loaded, detail) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: intent-remove
DELETE FROM source_intent WHERE id = $1;

-- name: intent-all
SELECT id, actor, action, batch, loaded, detail FROM source_intent ORDER BY ts, id;
