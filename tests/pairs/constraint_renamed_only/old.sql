-- keeps: street_name_key=uq_street_name, town_pkey=pk_town

CREATE TABLE town (id integer CONSTRAINT
town_pkey
PRIMARY KEY);
CREATE TABLE street (
    id integer,
    town_id integer CONSTRAINT street_town_id_fkey REFERENCES town,
    name text CONSTRAINT street_name_key UNIQUE,
    width integer CONSTRAINT street_width_check CHECK (width > 0)
);
CREATE INDEX ON street (width);
