-- also
CREATE INDEX segment_member_segment ON segment_member (segment, entity);
