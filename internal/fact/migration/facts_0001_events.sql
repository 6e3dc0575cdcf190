-- The newest version of every event. Never indexed on DuckDB: sorted by
-- account within the month instead, so that its zone maps prune.
CREATE TABLE event (
  id UUID NOT NULL,
  source TEXT NOT NULL,
  tbl TEXT NOT NULL,
  batch_id UUID NOT NULL,
  row_no BIGINT NOT NULL,
  verb TEXT NOT NULL,
  ts TIMESTAMP NOT NULL,
  ts_precision TEXT NOT NULL,
  day DATE NOT NULL,
  loaded_at TIMESTAMP NOT NULL,
  account UUID,
  person UUID,
  staff UUID,
  object_kind TEXT,
  object_key TEXT,
  channel TEXT,
  amount DECIMAL(18,4),
  currency TEXT,
  quantity DOUBLE PRECISION,
  unit TEXT,
  text TEXT,
  attrs JSON
);
-- Versions that a newer batch has overtaken; a rollback brings them back.
CREATE TABLE event_superseded (
  id UUID NOT NULL,
  source TEXT NOT NULL,
  tbl TEXT NOT NULL,
  batch_id UUID NOT NULL,
  row_no BIGINT NOT NULL,
  verb TEXT NOT NULL,
  ts TIMESTAMP NOT NULL,
  ts_precision TEXT NOT NULL,
  day DATE NOT NULL,
  loaded_at TIMESTAMP NOT NULL,
  account UUID,
  person UUID,
  staff UUID,
  object_kind TEXT,
  object_key TEXT,
  channel TEXT,
  amount DECIMAL(18,4),
  currency TEXT,
  quantity DOUBLE PRECISION,
  unit TEXT,
  text TEXT,
  attrs JSON
);
-- A row that said again, with the same values, what of_batch:of_row had said.
CREATE TABLE event_again (id UUID NOT NULL, batch_id UUID NOT NULL, row_no BIGINT NOT NULL, of_batch UUID NOT NULL, of_row BIGINT NOT NULL);
-- Additive deltas per day: always SUM them. A commit adds, a rollback subtracts.
CREATE TABLE event_day (
  day DATE NOT NULL,
  verb TEXT NOT NULL,
  source TEXT NOT NULL,
  tbl TEXT NOT NULL,
  channel TEXT,
  object_kind TEXT,
  staff UUID,
  currency TEXT,
  unit TEXT,
  n BIGINT NOT NULL,
  amount DECIMAL(38,4) NOT NULL,
  n_amount BIGINT NOT NULL,
  quantity DOUBLE PRECISION NOT NULL
);
-- What one table of one source says of a party, newest version. id is a hash of party and table.
CREATE TABLE party_record (
  id UUID NOT NULL,
  source TEXT NOT NULL,
  tbl TEXT NOT NULL,
  batch_id UUID NOT NULL,
  row_no BIGINT NOT NULL,
  loaded_at TIMESTAMP NOT NULL,
  party UUID NOT NULL,
  kind TEXT NOT NULL,
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT, phone TEXT, email TEXT, tax_no TEXT, address TEXT, city TEXT, title TEXT, company TEXT, attrs JSON
);
CREATE TABLE party_record_superseded (
  id UUID NOT NULL,
  source TEXT NOT NULL,
  tbl TEXT NOT NULL,
  batch_id UUID NOT NULL,
  row_no BIGINT NOT NULL,
  loaded_at TIMESTAMP NOT NULL,
  party UUID NOT NULL,
  kind TEXT NOT NULL,
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT, phone TEXT, email TEXT, tax_no TEXT, address TEXT, city TEXT, title TEXT, company TEXT, attrs JSON
);
CREATE TABLE party_record_again (id UUID NOT NULL, batch_id UUID NOT NULL, row_no BIGINT NOT NULL, of_batch UUID NOT NULL, of_row BIGINT NOT NULL);
-- A party as its source knows it: each field the newest that any table gave.
CREATE TABLE party (
  id UUID NOT NULL,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT, phone TEXT, email TEXT, tax_no TEXT, address TEXT, city TEXT, title TEXT, company TEXT, attrs JSON,
  batch_id UUID NOT NULL,
  row_no BIGINT NOT NULL
);
CREATE TABLE party_entity (party UUID NOT NULL, entity UUID NOT NULL, since TIMESTAMP NOT NULL);
CREATE TABLE membership (
  id UUID NOT NULL,
  source TEXT NOT NULL,
  tbl TEXT NOT NULL,
  batch_id UUID NOT NULL,
  row_no BIGINT NOT NULL,
  loaded_at TIMESTAMP NOT NULL,
  staff UUID NOT NULL,
  team TEXT NOT NULL,
  since TIMESTAMP,
  until TIMESTAMP
);
CREATE TABLE membership_superseded (
  id UUID NOT NULL,
  source TEXT NOT NULL,
  tbl TEXT NOT NULL,
  batch_id UUID NOT NULL,
  row_no BIGINT NOT NULL,
  loaded_at TIMESTAMP NOT NULL,
  staff UUID NOT NULL,
  team TEXT NOT NULL,
  since TIMESTAMP,
  until TIMESTAMP
);
CREATE TABLE membership_again (id UUID NOT NULL, batch_id UUID NOT NULL, row_no BIGINT NOT NULL, of_batch UUID NOT NULL, of_row BIGINT NOT NULL);
-- The rows of a table that is delivered whole each time, to see what changed and what is gone.
CREATE TABLE snapshot (
  id UUID NOT NULL,
  source TEXT NOT NULL,
  tbl TEXT NOT NULL,
  batch_id UUID NOT NULL,
  row_no BIGINT NOT NULL,
  loaded_at TIMESTAMP NOT NULL,
  noun TEXT NOT NULL,
  key TEXT NOT NULL,
  party UUID,
  party_kind TEXT,
  fields JSON
);
CREATE TABLE snapshot_superseded (
  id UUID NOT NULL,
  source TEXT NOT NULL,
  tbl TEXT NOT NULL,
  batch_id UUID NOT NULL,
  row_no BIGINT NOT NULL,
  loaded_at TIMESTAMP NOT NULL,
  noun TEXT NOT NULL,
  key TEXT NOT NULL,
  party UUID,
  party_kind TEXT,
  fields JSON
);
CREATE TABLE snapshot_again (id UUID NOT NULL, batch_id UUID NOT NULL, row_no BIGINT NOT NULL, of_batch UUID NOT NULL, of_row BIGINT NOT NULL);
-- One delivery. seq is the order in which batches count: the higher wins.
CREATE TABLE batch (
  id UUID NOT NULL,
  seq BIGINT NOT NULL,
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  member TEXT NOT NULL,
  object TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  state TEXT NOT NULL,
  actor TEXT NOT NULL,
  mapping TEXT NOT NULL,
  mapping_hash TEXT NOT NULL,
  loaded_at TIMESTAMP NOT NULL,
  seconds DOUBLE PRECISION NOT NULL,
  n_rows BIGINT NOT NULL,
  used BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  cells_rejected BIGINT NOT NULL,
  set_aside BIGINT NOT NULL,
  parties BIGINT NOT NULL,
  events BIGINT NOT NULL,
  since TIMESTAMP,
  until TIMESTAMP,
  report JSON NOT NULL
);
CREATE TABLE reject (
  batch_id UUID NOT NULL,
  tbl TEXT NOT NULL,
  row_no BIGINT NOT NULL,
  line_no BIGINT NOT NULL,
  col TEXT NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  reason_zh TEXT NOT NULL,
  text TEXT NOT NULL
);
-- How far the relay has carried the outbox; one row.
CREATE TABLE outbox_cursor (seq BIGINT NOT NULL);
INSERT INTO outbox_cursor (seq) VALUES (0);
