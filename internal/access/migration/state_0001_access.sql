-- Times are UTC text with microseconds; flags are 0 or 1.
CREATE TABLE access_user (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE, -- folded
    display   TEXT NOT NULL,
    role      TEXT NOT NULL,
    team      TEXT NOT NULL,
    lang      TEXT NOT NULL,
    theme     TEXT NOT NULL,
    password  TEXT NOT NULL, -- argon2id in PHC format; empty = no password opens it
    subject   TEXT NOT NULL, -- issuer and subject at the identity provider; empty = none
    disabled  INTEGER NOT NULL,
    created   TEXT NOT NULL,
    last_seen TEXT NOT NULL
);

CREATE UNIQUE INDEX access_user_subject ON access_user (subject) WHERE subject <> '';

CREATE TABLE access_session (
    hash    TEXT PRIMARY KEY, -- SHA-256 of the cookie
    user_id TEXT NOT NULL REFERENCES access_user (id),
    created TEXT NOT NULL,
    seen    TEXT NOT NULL,
    expires TEXT NOT NULL,
    address TEXT NOT NULL,
    agent   TEXT NOT NULL
);

CREATE INDEX access_session_user ON access_session (user_id);

CREATE TABLE access_token (
    id        TEXT PRIMARY KEY,
    hash      TEXT NOT NULL UNIQUE, -- SHA-256 of the token
    name      TEXT NOT NULL,
    role      TEXT NOT NULL,
    source    TEXT NOT NULL, -- empty = not bound
    hint      TEXT NOT NULL, -- last four characters
    actor     TEXT NOT NULL,
    created   TEXT NOT NULL,
    expires   TEXT NOT NULL, -- empty = never
    last_used TEXT NOT NULL
);

-- Sign-ins tried and not yet proven right, per name and per address.
CREATE TABLE access_attempt (
    kind  TEXT NOT NULL,
    key   TEXT NOT NULL,
    since TEXT NOT NULL,
    n     INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
);
