CREATE SCHEMA sales;
CREATE TABLE public.ticket (id serial PRIMARY KEY, title text);
CREATE INDEX ticket_title ON public.ticket (title);
