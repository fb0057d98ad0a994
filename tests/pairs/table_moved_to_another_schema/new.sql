CREATE SCHEMA sales;
CREATE TABLE sales.ticket (id serial PRIMARY KEY, title text);
CREATE INDEX ticket_title ON sales.ticket (title);
