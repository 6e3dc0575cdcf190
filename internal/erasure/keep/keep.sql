-- name: entities
SELECT DISTINCT entity::TEXT FROM party_entity WHERE party = $1::UUID;

-- name: alone
-- How many of an entity's parties there are.
SELECT count(*) FROM party_entity WHERE entity = $1::UUID;

-- name: segments
SELECT DISTINCT segment FROM segment_member WHERE entity = $1::UUID;

-- name: trait
DELETE FROM trait WHERE entity = $1::UUID;

-- name: employer
DELETE FROM person_account WHERE person = $1::UUID OR account = $1::UUID;

-- name: parent
DELETE FROM company_parent WHERE entity = $1::UUID OR parent = $1::UUID;

-- name: member
DELETE FROM segment_member WHERE entity = $1::UUID;

-- name: arm
DELETE FROM segment_arm WHERE entity = $1;

-- name: handed
DELETE FROM customer_handover_item WHERE account = $1;

-- name: exports
SELECT id FROM segment_export WHERE segment = $1 ORDER BY ts;
