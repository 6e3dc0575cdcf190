CREATE TABLE value_claim (
    id        TEXT PRIMARY KEY,
    created   TEXT NOT NULL,
    withdrawn TEXT NOT NULL, -- empty = it stands
    why       TEXT NOT NULL
);

-- A version is never changed; its seal is filled in once.
CREATE TABLE value_version (
    claim     TEXT NOT NULL,
    number    BIGINT NOT NULL,
    body      TEXT NOT NULL, -- canonical JSON, the metric's definition filled in
    yaml      TEXT NOT NULL, -- as it came
    hash      TEXT NOT NULL,
    author    TEXT NOT NULL,
    created   TEXT NOT NULL,
    sealed    TEXT NOT NULL, -- empty = a draft
    sealer    TEXT NOT NULL,
    code      TEXT NOT NULL,
    seal_hash TEXT NOT NULL,
    audit     BIGINT NOT NULL,
    prereg    BIGINT NOT NULL,
    seen      BIGINT NOT NULL,
    PRIMARY KEY (claim, number)
);

CREATE TABLE value_sign (
    claim  TEXT NOT NULL,
    number BIGINT NOT NULL,
    role   TEXT NOT NULL,
    actor  TEXT NOT NULL,
    name   TEXT NOT NULL,
    note   TEXT NOT NULL,
    hash   TEXT NOT NULL,
    ts     TEXT NOT NULL,
    PRIMARY KEY (claim, number, role)
);

CREATE TABLE value_result (
    run    TEXT PRIMARY KEY,
    claim  TEXT NOT NULL,
    number BIGINT NOT NULL,
    ts     TEXT NOT NULL,
    body   TEXT NOT NULL -- JSON
);

CREATE INDEX value_result_claim ON value_result (claim, number, ts);
