-- roles: reader, writer

CREATE TABLE before (id integer);
