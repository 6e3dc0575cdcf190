-- A run's title in both languages; title is the English one.
ALTER TABLE run_run ADD COLUMN title_zh TEXT NOT NULL DEFAULT '';
