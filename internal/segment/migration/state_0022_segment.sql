-- A segment as it is now. rule is JSON; mode dynamic or static.
CREATE TABLE segment (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  about TEXT NOT NULL,
  kind TEXT NOT NULL,
  mode TEXT NOT NULL,
  owner TEXT NOT NULL,
  rule TEXT NOT NULL,
  version BIGINT NOT NULL,
  created TEXT NOT NULL,
  changed TEXT NOT NULL,
  refreshed TEXT NOT NULL, -- '' = never
  members BIGINT NOT NULL,
  removed TEXT NOT NULL -- '' = is not in the recycle bin
);
CREATE TABLE segment_version (
  segment TEXT NOT NULL,
  version BIGINT NOT NULL,
  title TEXT NOT NULL,
  mode TEXT NOT NULL,
  rule TEXT NOT NULL,
  actor TEXT NOT NULL,
  ts TEXT NOT NULL,
  PRIMARY KEY (segment, version)
);
-- Whom a static segment holds, as it was taken: facts can be rebuilt from it.
CREATE TABLE segment_list (
  segment TEXT PRIMARY KEY,
  ts TEXT NOT NULL,
  n BIGINT NOT NULL,
  body TEXT NOT NULL -- entity ids of 16 bytes one after the other, base64
);
-- Who is kept out of a campaign, so that it can be told what it did.
CREATE TABLE segment_holdout (
  id TEXT PRIMARY KEY,
  segment TEXT NOT NULL,
  campaign TEXT NOT NULL,
  share DOUBLE PRECISION NOT NULL,
  seed TEXT NOT NULL,
  state TEXT NOT NULL, -- proposed, approved, declined
  proposed_by TEXT NOT NULL,
  proposed TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided TEXT NOT NULL,
  reason TEXT NOT NULL,
  UNIQUE (segment, campaign)
);
CREATE TABLE segment_arm (
  holdout TEXT NOT NULL,
  entity TEXT NOT NULL,
  arm TEXT NOT NULL,
  PRIMARY KEY (holdout, entity)
);
CREATE TABLE segment_export (
  id TEXT PRIMARY KEY,
  segment TEXT NOT NULL,
  version BIGINT NOT NULL,
  actor TEXT NOT NULL,
  ts TEXT NOT NULL,
  body TEXT NOT NULL -- JSON of what was asked and of the counts
);
CREATE TABLE segment_hook (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  secret TEXT NOT NULL,
  internal BIGINT NOT NULL, -- 1 = http and addresses of the own network are allowed
  actor TEXT NOT NULL,
  created TEXT NOT NULL
);
