-- Which entity every party is of: its own until it was found to be another's too.
CREATE VIEW resolved AS
SELECT p.id AS party, coalesce(e.entity, p.id) AS entity
FROM party p LEFT JOIN party_entity e ON e.party = p.id;
