CREATE TABLE setting (name text PRIMARY KEY, value integer NOT NULL DEFAULT 0, size bigint);
