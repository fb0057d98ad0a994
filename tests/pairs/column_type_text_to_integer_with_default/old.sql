CREATE TABLE setting (name text PRIMARY KEY, value text NOT NULL DEFAULT '0', size varchar(12));
