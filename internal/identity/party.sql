-- name: stamp
-- What changes when any batch comes or goes.
SELECT count(*), coalesce(max(seq), 0), count(*) FILTER (WHERE state = 'loaded'), coalesce(max(loaded_at)::TEXT, ''), (SELECT count(*) FROM party) FROM batch WHERE source <> 'outfitter';

-- name: all
SELECT id::TEXT, source, kind, namespace, key, coalesce(name, ''), coalesce(phone, ''), coalesce(email, ''), coalesce(tax_no, ''),
       coalesce(address, ''), coalesce(city, ''), coalesce(title, ''), coalesce(company, ''), coalesce(attrs::TEXT, ''), batch_id::TEXT, row_no
FROM party WHERE kind = $1 ORDER BY source, namespace, key, id;

-- name: touched
-- Parties that batches after the $1-th, or loaded after $2, may have brought or changed.
SELECT p.id::TEXT, p.source, p.kind, p.namespace, p.key, coalesce(p.name, ''), coalesce(p.phone, ''), coalesce(p.email, ''), coalesce(p.tax_no, ''),
       coalesce(p.address, ''), coalesce(p.city, ''), coalesce(p.title, ''), coalesce(p.company, ''), coalesce(p.attrs::TEXT, ''), p.batch_id::TEXT, p.row_no
FROM party p WHERE p.id IN (SELECT r.party FROM party_record r JOIN batch b ON b.id = r.batch_id WHERE b.seq > $1)
ORDER BY p.source, p.namespace, p.key, p.id;
