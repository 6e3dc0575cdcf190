CREATE TABLE report_report (
    id       TEXT PRIMARY KEY,
    year     BIGINT NOT NULL,
    actor    TEXT NOT NULL,
    made     TEXT NOT NULL,
    full_ids BIGINT NOT NULL, -- 1 = with original ids
    bundle   TEXT NOT NULL,   -- object of the vault
    bytes    BIGINT NOT NULL,
    manifest TEXT NOT NULL,   -- SHA-256 of its manifest
    result   TEXT NOT NULL    -- JSON: what was made, what was left out
);
