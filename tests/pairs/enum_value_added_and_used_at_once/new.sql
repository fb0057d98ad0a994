CREATE TYPE colour AS ENUM ('red', 'amber', 'green');
CREATE TABLE paint (id integer PRIMARY KEY, colour colour DEFAULT 'amber', CONSTRAINT bright CHECK (colour <> 'amber' OR id > 0));
CREATE INDEX paint_amber ON paint (id) WHERE colour = 'amber';
CREATE VIEW amber_paint AS SELECT id FROM paint WHERE colour = 'amber'::colour;
CREATE FUNCTION is_amber(c colour) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT c = 'amber'::colour$$;
