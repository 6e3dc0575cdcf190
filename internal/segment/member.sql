-- name: now-drop
DROP TABLE IF EXISTS segment_now;

-- name: leave
-- Those who are in no more.
UPDATE segment_member SET until = $2 WHERE segment = $1 AND until IS NULL AND entity NOT IN (SELECT entity FROM segment_now);

-- name: enter
INSERT INTO segment_member (segment, entity, since, until)
SELECT $1::TEXT, n.entity, $2::TIMESTAMP, NULL FROM segment_now n
WHERE NOT EXISTS (SELECT 1 FROM segment_member m WHERE m.segment = $1::TEXT AND m.entity = n.entity AND m.until IS NULL) ORDER BY n.entity;

-- name: count
SELECT count(*) FROM segment_member WHERE segment = $1 AND until IS NULL;

-- name: ids
SELECT entity::TEXT FROM segment_member WHERE segment = $1 AND until IS NULL ORDER BY entity;

-- name: refreshes
-- How many came and went at each refresh, newest first.
SELECT ts, sum(came)::BIGINT, sum(went)::BIGINT FROM (
  SELECT since AS ts, 1 AS came, 0 AS went FROM segment_member WHERE segment = $1
  UNION ALL SELECT until, 0, 1 FROM segment_member WHERE segment = $1 AND until IS NOT NULL) c
GROUP BY ts ORDER BY ts DESC LIMIT 100;

-- name: add
INSERT INTO segment_now (entity) VALUES ($1::UUID);

-- name: make
CREATE TEMP TABLE segment_now (entity UUID);

-- name: known
-- Whoever was erased, or went with a roll-back, is in no list.
DELETE FROM segment_now WHERE NOT EXISTS (SELECT 1 FROM party p WHERE p.id = segment_now.entity)
  AND NOT EXISTS (SELECT 1 FROM party_entity r JOIN party p ON p.id = r.party WHERE r.entity = segment_now.entity);
