-- Where a party belongs, where that is not simply itself. Rows stay when the
-- party vanishes with its batch, so that importing it again changes nothing.
CREATE TABLE identity_member (
  party TEXT NOT NULL PRIMARY KEY,
  entity TEXT NOT NULL,
  since TEXT NOT NULL
);
CREATE INDEX identity_member_entity ON identity_member (entity);
-- Everything that moved parties, in order.
CREATE TABLE identity_change (
  seq BIGINT NOT NULL PRIMARY KEY,
  act TEXT NOT NULL, -- run, merge, split, judge, undo
  kind TEXT NOT NULL, -- of the entities
  ts TEXT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  undoes BIGINT NOT NULL, -- seq; 0 = nothing
  undone BIGINT NOT NULL, -- by seq; 0 = it stands
  entities TEXT NOT NULL -- JSON: ids it touched, before and after
);
-- before '' = the party had no row.
CREATE TABLE identity_move (
  change BIGINT NOT NULL,
  party TEXT NOT NULL,
  before TEXT NOT NULL,
  before_since TEXT NOT NULL,
  after TEXT NOT NULL,
  after_since TEXT NOT NULL,
  PRIMARY KEY (change, party)
);
CREATE INDEX identity_move_party ON identity_move (party, change);
CREATE INDEX identity_move_before ON identity_move (before);
CREATE INDEX identity_move_after ON identity_move (after);
-- What people decided about pairs; a < b. active 0 = taken back or overridden.
CREATE TABLE identity_judgement (
  seq BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  verdict TEXT NOT NULL, -- same, different, unsure
  actor TEXT NOT NULL,
  ts TEXT NOT NULL,
  blind INTEGER NOT NULL, -- 1 = others' labels were not shown
  note TEXT NOT NULL,
  change BIGINT NOT NULL, -- that it came with: a judge, a merge or a split
  active INTEGER NOT NULL
);
CREATE INDEX identity_judgement_pair ON identity_judgement (a, b);
CREATE INDEX identity_judgement_b ON identity_judgement (b);
-- Which judgements a change switched on or off, so that undo can switch them back.
CREATE TABLE identity_switch (
  change BIGINT NOT NULL,
  judgement BIGINT NOT NULL,
  before INTEGER NOT NULL,
  after INTEGER NOT NULL,
  PRIMARY KEY (change, judgement)
);
-- What was compared and how, by kind; what somebody set and what a run learned.
CREATE TABLE identity_setting (
  name TEXT NOT NULL, -- account, person, staff: linkage settings; golden: rules; review: how many are reviewed twice
  version BIGINT NOT NULL,
  ts TEXT NOT NULL,
  actor TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (name, version)
);
CREATE TABLE identity_run (
  seq BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  ts TEXT NOT NULL,
  seconds DOUBLE PRECISION NOT NULL,
  actor TEXT NOT NULL,
  change BIGINT NOT NULL, -- that it made; 0 = it moved nobody
  report TEXT NOT NULL -- JSON
);
