-- What happened in the state and must become an event, in order. A row stays:
-- facts can be rebuilt from it.
CREATE TABLE fact_outbox (
  seq BIGINT NOT NULL PRIMARY KEY,
  ts TEXT NOT NULL,
  verb TEXT NOT NULL,
  body TEXT NOT NULL
);
