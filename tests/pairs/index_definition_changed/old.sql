CREATE TABLE article (id integer PRIMARY KEY, title text, body text, tags text[], at timestamptz, meta jsonb);
CREATE INDEX article_title ON article (title);
CREATE INDEX article_at ON article (at);
CREATE INDEX article_tags ON article USING gin (tags);
CREATE UNIQUE INDEX article_slug ON article (lower(title));
CREATE INDEX article_meta ON article USING gin (meta);
COMMENT ON INDEX article_at IS 'newest first';
