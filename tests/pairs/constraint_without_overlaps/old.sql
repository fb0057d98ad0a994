-- postgres: 18..

CREATE EXTENSION btree_gist;
CREATE TABLE rate (product integer, valid daterange, price numeric);
CREATE TABLE offer (product integer, valid daterange);
