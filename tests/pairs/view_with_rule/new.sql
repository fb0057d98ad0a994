CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE VIEW v AS SELECT id, a
    , length(a) AS size FROM t;
CREATE RULE v_delete AS ON DELETE TO v DO INSTEAD DELETE FROM t WHERE t.id = OLD.id;
