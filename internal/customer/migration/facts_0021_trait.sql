-- What an entity is like as of day: num or text, one row per trait. Computed
-- from events alone; may be emptied at any time.
CREATE TABLE trait (
  entity UUID NOT NULL,
  kind TEXT NOT NULL,
  trait TEXT NOT NULL,
  num DOUBLE PRECISION,
  text TEXT,
  day DATE NOT NULL
);
-- Which batches the traits have taken in, with as many events as each had then;
-- part '' is the state of everything else that they depend on.
CREATE TABLE trait_batch (part TEXT NOT NULL, seen TEXT NOT NULL);
-- Which accounts the events of a person name, so that a person's events are
-- found among those sorted by account. It may hold more than there are.
CREATE TABLE person_account (person UUID NOT NULL, account UUID NOT NULL);
