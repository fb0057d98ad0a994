CREATE TYPE size AS ENUM ('s', 'm', 'l', 'xl');
CREATE TABLE shirt (id integer PRIMARY KEY, size size NOT NULL DEFAULT 'xl');
