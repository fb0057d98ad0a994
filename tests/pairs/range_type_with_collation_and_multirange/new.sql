-- postgres: 14..

CREATE TYPE textspan AS RANGE (subtype = text, collation = "C", multirange_type_name = textspans);
CREATE TABLE shelf (id integer PRIMARY KEY, holds textspans, one textspan);
