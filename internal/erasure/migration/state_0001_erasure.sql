-- One erasure of a person. plan names the person until the work is done, then it is emptied.
CREATE TABLE erasure_job (
  id TEXT NOT NULL PRIMARY KEY,
  ts TEXT NOT NULL,
  actor TEXT NOT NULL,
  why TEXT NOT NULL,   -- asked, restored, delivered again
  step TEXT NOT NULL,  -- what was done last: planned, vault, keepers, facts, settled, done
  plan TEXT NOT NULL,  -- JSON
  outcome TEXT NOT NULL, -- JSON, names nobody
  ended TEXT NOT NULL
);
-- Keyed hashes by which an erased person is known again.
CREATE TABLE erasure_tombstone (
  hash TEXT NOT NULL PRIMARY KEY,
  job TEXT NOT NULL,
  ts TEXT NOT NULL
);
-- Vault objects in which a person's cells were blanked.
CREATE TABLE erasure_object (
  job TEXT NOT NULL,
  object TEXT NOT NULL,
  current_sha TEXT NOT NULL,
  n_rows BIGINT NOT NULL,
  n_cells BIGINT NOT NULL,
  PRIMARY KEY (job, object)
);
