CREATE TABLE job (id integer, state text NOT NULL DEFAULT 'open', kind varchar(10) DEFAULT 'a', tags text[] DEFAULT '{}');
CREATE INDEX by_state ON job (state text_pattern_ops);
CREATE VIEW jobs AS SELECT state, count(*) FROM job GROUP BY state;
