-- Who is in a segment since when, and until when: NULL = still. entity is a
-- party's id, so a later merge is followed by party_entity.
CREATE TABLE segment_member (segment TEXT NOT NULL, entity UUID NOT NULL, since TIMESTAMP NOT NULL, until TIMESTAMP);
