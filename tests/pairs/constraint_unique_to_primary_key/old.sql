CREATE TABLE token (value text NOT NULL, owner integer, CONSTRAINT token_value_key UNIQUE (value));
CREATE TABLE use (token text REFERENCES token (value));
