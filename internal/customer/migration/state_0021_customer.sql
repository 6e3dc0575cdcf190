-- Traits that the company added to the built-in ones.
CREATE TABLE customer_trait (
  name TEXT PRIMARY KEY,
  body TEXT NOT NULL, -- JSON of the definition
  actor TEXT NOT NULL,
  changed TEXT NOT NULL
);
-- Hand-overs of customers between colleagues. staff are entities.
CREATE TABLE customer_handover (
  id TEXT PRIMARY KEY,
  from_staff TEXT NOT NULL,
  to_staff TEXT NOT NULL,
  n BIGINT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  ts TEXT NOT NULL,
  undone TEXT NOT NULL, -- '' = it stands
  undone_by TEXT NOT NULL
);
CREATE TABLE customer_handover_item (
  handover TEXT NOT NULL,
  account TEXT NOT NULL, -- entity
  PRIMARY KEY (handover, account)
);
