-- postgres: 18..

CREATE EXTENSION btree_gist;
CREATE TABLE rate (product integer, valid daterange, price numeric, PRIMARY KEY (product, valid WITHOUT OVERLAPS));
CREATE TABLE offer (product integer, valid daterange, FOREIGN KEY (product, PERIOD valid) REFERENCES rate (product, PERIOD valid));
CREATE TABLE term (id integer, valid tstzrange, CONSTRAINT term_once UNIQUE (id, valid WITHOUT OVERLAPS));
