-- also
CREATE INDEX event_day_all_day ON event_day_all (day, verb);
