CREATE TABLE place (
    id integer,
    altitude integer CHECK (altitude > -500),
    name text
);
CREATE TABLE capital (government text) INHERITS (place);
