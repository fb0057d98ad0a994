CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'a.example', dbname 'y', fetch_size '1000');
CREATE SERVER further FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE remote (id integer, extra text) SERVER further OPTIONS (schema_name 'app', table_name 'r');
CREATE VIEW near AS SELECT * FROM remote;
