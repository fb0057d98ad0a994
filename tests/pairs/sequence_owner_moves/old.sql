CREATE SEQUENCE numbers;
CREATE TABLE a (id integer PRIMARY KEY DEFAULT nextval('numbers'));
CREATE TABLE b (id integer PRIMARY KEY DEFAULT nextval('numbers'));
ALTER SEQUENCE numbers OWNED BY a.id;
