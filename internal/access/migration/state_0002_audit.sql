-- The head is one row: locking it keeps seq without gaps, whoever writes.
CREATE TABLE access_audit (
    seq    BIGINT PRIMARY KEY,
    ts     TEXT NOT NULL,
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL, -- JSON, as it was hashed
    hash   TEXT NOT NULL
);

CREATE TABLE access_audit_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash TEXT NOT NULL
);

INSERT INTO access_audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TRIGGER access_audit_kept BEFORE DELETE ON access_audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER access_audit_fixed BEFORE UPDATE ON access_audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
