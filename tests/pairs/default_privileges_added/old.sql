-- roles: reader, writer

CREATE SCHEMA app;
