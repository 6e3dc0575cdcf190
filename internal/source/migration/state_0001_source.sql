-- Every version of a source's mapping; the highest version is the one in use.
CREATE TABLE source_mapping (
  source TEXT NOT NULL,
  version BIGINT NOT NULL,
  yaml TEXT NOT NULL,
  hash TEXT NOT NULL,
  actor TEXT NOT NULL,
  ts TEXT NOT NULL,
  PRIMARY KEY (source, version)
);
-- Folders that are looked into now and then.
CREATE TABLE source_folder (
  source TEXT NOT NULL PRIMARY KEY,
  path TEXT NOT NULL,
  pattern TEXT NOT NULL,
  every_seconds BIGINT NOT NULL,
  actor TEXT NOT NULL,
  polled TEXT NOT NULL,
  error TEXT NOT NULL,
  error_zh TEXT NOT NULL
);
-- What a polled folder held when it was last read: a file is read once it has kept its size and time for one poll.
CREATE TABLE source_file (
  source TEXT NOT NULL,
  path TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  modified TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (source, path)
);
-- Files handed in through the API, in the vault, waiting to be imported.
CREATE TABLE source_upload (
  object TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  actor TEXT NOT NULL,
  ts TEXT NOT NULL
);
-- What holds for the whole company: its zone, its name.
CREATE TABLE source_setting (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
