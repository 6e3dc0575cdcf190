CREATE TABLE run_run (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    title      TEXT NOT NULL,
    actor      TEXT NOT NULL,
    state      TEXT NOT NULL, -- queued, running, done, failed, cancelled
    done       BIGINT NOT NULL,
    total      BIGINT NOT NULL, -- 0 = not known
    unit       TEXT NOT NULL,
    what       TEXT NOT NULL,
    what_zh    TEXT NOT NULL,
    params     TEXT NOT NULL, -- JSON; empty = it can't be taken up again
    result     TEXT NOT NULL, -- JSON; empty = none
    error_code TEXT NOT NULL, -- empty = no error
    error_en   TEXT NOT NULL,
    error_zh   TEXT NOT NULL,
    started    TEXT NOT NULL,
    ended      TEXT NOT NULL -- empty = not yet
);

CREATE INDEX run_run_started ON run_run (started);
