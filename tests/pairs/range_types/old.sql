CREATE TYPE span AS RANGE (SUBTYPE = integer);
CREATE TABLE item (s span);
