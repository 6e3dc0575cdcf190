-- What was compacted, and how many rows it had then. part: 'day' or a month.
CREATE TABLE compaction (part TEXT NOT NULL, n BIGINT NOT NULL);
