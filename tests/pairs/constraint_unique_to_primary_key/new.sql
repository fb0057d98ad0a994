CREATE TABLE token (value text NOT NULL, owner integer, CONSTRAINT token_pkey PRIMARY KEY (value));
CREATE TABLE use (token text REFERENCES token (value));
