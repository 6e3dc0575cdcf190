-- Which account is a branch or subsidiary of which, as its name or a field
-- says. parent NULL = that one is not known here; name is the parent's.
CREATE TABLE company_parent (entity UUID NOT NULL, parent UUID, name TEXT NOT NULL, of_name TEXT NOT NULL, basis TEXT NOT NULL);
-- When a person's events under an account, or under none (NULL), begin and
-- end: where to look for them. A row may say too much, never too little.
DROP TABLE person_account;
CREATE TABLE person_account (person UUID NOT NULL, account UUID, since DATE NOT NULL, until DATE NOT NULL);
-- The traits' own account of what they know starts anew, so that both are filled.
DELETE FROM trait_batch;
