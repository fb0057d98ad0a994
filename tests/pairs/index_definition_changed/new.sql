CREATE TABLE article (id integer PRIMARY KEY, title text, body text, tags text[], at timestamptz, meta jsonb);
CREATE INDEX article_title ON article (title text_pattern_ops);
CREATE INDEX article_at ON article (at DESC NULLS LAST) INCLUDE (title) WHERE title IS NOT NULL;
CREATE INDEX article_tags ON article USING gin (tags) WITH (fastupdate = off);
CREATE INDEX article_slug ON article (lower(title), (meta ->> 'lang') COLLATE "C");
CREATE INDEX article_meta ON article USING gin (meta jsonb_path_ops);
COMMENT ON INDEX article_at IS 'newest first';
