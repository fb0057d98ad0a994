CREATE TYPE size AS ENUM ('s', 'm', 'l');
CREATE TABLE shirt (id integer PRIMARY KEY, size size NOT NULL DEFAULT 'm');
CREATE INDEX shirt_size ON shirt (size);
