-- keeps: street_name_key=uq_street_name, town_pkey=pk_town

CREATE TABLE town (id integer CONSTRAINT
pk_town
PRIMARY KEY);
CREATE TABLE street (
    id integer,
    town_id integer CONSTRAINT fk_street_town REFERENCES town,
    name text CONSTRAINT uq_street_name UNIQUE,
    width integer CONSTRAINT ck_street_width CHECK (width > 0)
);
CREATE INDEX ix_street_width ON street (width);
