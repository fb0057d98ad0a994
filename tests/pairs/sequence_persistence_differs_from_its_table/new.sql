-- postgres: 15..

CREATE UNLOGGED TABLE queue (id bigint, note text);
CREATE UNLOGGED SEQUENCE queue_number OWNED BY queue.id;
CREATE UNLOGGED TABLE cache (id integer);
CREATE SEQUENCE cache_number OWNED BY cache.id;
