-- name: clear
DELETE FROM party_entity;
