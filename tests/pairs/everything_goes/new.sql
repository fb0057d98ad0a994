CREATE TABLE public.refers (item integer);
