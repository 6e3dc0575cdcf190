-- name: counts
SELECT p.kind, count(*), count(DISTINCT r.entity), (SELECT count(*) FROM (SELECT o.entity FROM resolved o JOIN party q ON q.id = o.party WHERE q.kind = p.kind GROUP BY o.entity HAVING count(*) > 1) t)
FROM party p JOIN resolved r ON r.party = p.id GROUP BY p.kind ORDER BY p.kind;
