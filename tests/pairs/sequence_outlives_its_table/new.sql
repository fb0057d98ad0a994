CREATE SEQUENCE numbers;
CREATE TABLE b (id integer PRIMARY KEY DEFAULT nextval('numbers'));
