-- also
CREATE INDEX trait_entity ON trait (entity);
CREATE INDEX trait_value ON trait (trait, num);
