-- What is about to be changed in the facts, kept until it stands in the audit
-- log: a crash in between is settled when the folder is next opened.
CREATE TABLE source_intent (
  id TEXT NOT NULL PRIMARY KEY,
  ts TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL, -- batch.loaded, batch.rolled_back
  batch TEXT NOT NULL,
  loaded TEXT NOT NULL, -- of the batch that is committed; tells it from an earlier commit
  detail TEXT NOT NULL  -- JSON
);
