CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'a.example', dbname 'x');
CREATE FOREIGN TABLE remote (id integer) SERVER far OPTIONS (schema_name 'public', table_name 'r');
