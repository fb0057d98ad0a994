-- postgres: 18..

CREATE TABLE shop (id integer, name text NOT NULL);
CREATE TABLE depot (id integer NOT NULL, name text NOT NULL);
CREATE TABLE stall (id integer CONSTRAINT shop_id_not_null NOT NULL, name text);
CREATE TABLE the_longest_name_that_a_table_may_have_in_this_server (and_a_column_with_a_name_that_is_long integer NOT NULL);
