-- name: of
-- $1 a party's id, or an entity's, whose founding party has no row while nobody else belongs to it.
SELECT coalesce((SELECT entity FROM party_entity WHERE party = $1::UUID), $1::UUID)::TEXT;

-- name: parties
-- Those with a row of the entity, and its founder, who may have none.
SELECT p.id::TEXT, p.source, p.kind, p.namespace, p.key, coalesce(p.name, ''), coalesce(p.phone, ''), coalesce(p.email, ''), coalesce(p.tax_no, ''),
       coalesce(p.address, ''), coalesce(p.city, ''), coalesce(p.title, ''), coalesce(p.company, ''), coalesce(p.attrs::TEXT, ''), p.batch_id::TEXT, p.row_no
FROM party p
JOIN (SELECT party FROM party_entity WHERE entity = $1::UUID UNION SELECT $1::UUID WHERE NOT EXISTS (SELECT 1 FROM party_entity o WHERE o.party = $1::UUID)) m ON m.party = p.id
ORDER BY p.source, p.kind, p.namespace, p.key;

-- name: records
-- Every row that says something of the entity's parties now, newest first.
SELECT r.party::TEXT, r.source, r.tbl, r.batch_id::TEXT, r.row_no, r.loaded_at, b.seq, coalesce(r.name, ''), coalesce(r.phone, ''), coalesce(r.email, ''),
       coalesce(r.tax_no, ''), coalesce(r.address, ''), coalesce(r.city, ''), coalesce(r.title, ''), coalesce(r.company, '')
FROM party_record r JOIN batch b ON b.id = r.batch_id
JOIN (SELECT party FROM party_entity WHERE entity = $1::UUID UNION SELECT $1::UUID WHERE NOT EXISTS (SELECT 1 FROM party_entity o WHERE o.party = $1::UUID)) m ON m.party = r.party
ORDER BY b.seq DESC, r.row_no DESC, r.party;
