-- postgres: 18..

CREATE TABLE room (id int4range, stay daterange, note text, CONSTRAINT room_key PRIMARY KEY (id, stay WITHOUT OVERLAPS));
CREATE TABLE guest (room int4range, stay daterange, CONSTRAINT guest_room FOREIGN KEY (room, PERIOD stay) REFERENCES room (id, PERIOD stay));
CREATE TABLE lease (id int4range NOT NULL, during tsrange NOT NULL, CONSTRAINT lease_once UNIQUE (id, during WITHOUT OVERLAPS));
CREATE TABLE tenant (lease int4range, during tsrange);
CREATE TABLE plain (id int4range NOT NULL, stay daterange NOT NULL, CONSTRAINT plain_key PRIMARY KEY (id, stay));
