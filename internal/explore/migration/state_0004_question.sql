CREATE TABLE explore_question (
    id      TEXT PRIMARY KEY,
    title   TEXT NOT NULL,
    query   TEXT NOT NULL, -- query string of the explore page
    actor   TEXT NOT NULL,
    created TEXT NOT NULL,
    changed TEXT NOT NULL
);
