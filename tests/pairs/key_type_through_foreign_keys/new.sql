CREATE TABLE a (id uuid PRIMARY KEY);
CREATE TABLE b (id bigint PRIMARY KEY, a uuid REFERENCES a (id) ON DELETE CASCADE, UNIQUE (id, a));
CREATE TABLE c (b bigint, a uuid, FOREIGN KEY (b, a) REFERENCES b (id, a));
