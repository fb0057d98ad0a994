-- postgres: 14..

CREATE PROCEDURE p(IN a integer, OUT b integer) LANGUAGE plpgsql AS 'BEGIN b := a; END';
CREATE PROCEDURE q(INOUT a integer) LANGUAGE plpgsql AS 'BEGIN a := 1; END';
