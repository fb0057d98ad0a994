CREATE TABLE t (id integer PRIMARY KEY, at timestamptz);
CREATE SCHEMA tools;
CREATE FUNCTION tools.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := clock_timestamp(); RETURN NEW; END';
CREATE TRIGGER t_stamp BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION tools.stamp('x', '1');
