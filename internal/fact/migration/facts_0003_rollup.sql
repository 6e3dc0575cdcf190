-- event_day with all staff together, kept the same way. What doesn't ask who
-- did it reads this one, which is 37 times smaller in a company of 300.
CREATE TABLE event_day_all (
  day DATE NOT NULL,
  verb TEXT NOT NULL,
  source TEXT NOT NULL,
  tbl TEXT NOT NULL,
  channel TEXT,
  object_kind TEXT,
  currency TEXT,
  unit TEXT,
  n BIGINT NOT NULL,
  amount DECIMAL(38,4) NOT NULL,
  n_amount BIGINT NOT NULL,
  quantity DOUBLE PRECISION NOT NULL
);
INSERT INTO event_day_all (day, verb, source, tbl, channel, object_kind, currency, unit, n, amount, n_amount, quantity)
SELECT day, verb, source, tbl, channel, object_kind, currency, unit, sum(n)::BIGINT, sum(amount), sum(n_amount)::BIGINT, sum(quantity)
FROM event_day GROUP BY day, verb, source, tbl, channel, object_kind, currency, unit HAVING sum(n) <> 0;
-- How often the facts have changed; one row. An answer may be kept as long as it stands.
CREATE TABLE fact_version (n BIGINT NOT NULL);
INSERT INTO fact_version (n) VALUES (0);
