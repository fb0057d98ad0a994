-- postgres: 15..

CREATE TABLE queue (id bigint, note text);
CREATE UNLOGGED SEQUENCE queue_number OWNED BY queue.id;
CREATE TABLE cache (id integer);
CREATE SEQUENCE cache_number OWNED BY cache.id;
