-- postgres: 14..

CREATE PROCEDURE p(IN a integer, OUT b bigint, OUT c text) LANGUAGE plpgsql AS 'BEGIN b := a; c := a; END';
CREATE PROCEDURE q(IN a integer, OUT b integer) LANGUAGE plpgsql AS 'BEGIN b := 1; END';
COMMENT ON PROCEDURE p(integer, OUT bigint, OUT text) IS 'two answers';
