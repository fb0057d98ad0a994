-- postgres: 18..

CREATE TABLE room (id int4range, stay daterange, note text, CONSTRAINT room_id PRIMARY KEY (id, stay WITHOUT OVERLAPS));
CREATE TABLE guest (room int4range, stay daterange, CONSTRAINT guest_of_room FOREIGN KEY (room, PERIOD stay) REFERENCES room (id, PERIOD stay) DEFERRABLE);
CREATE TABLE lease (id int4range, during tsrange, CONSTRAINT lease_key PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE tenant (lease int4range, during tsrange, CONSTRAINT tenant_lease FOREIGN KEY (lease, PERIOD during) REFERENCES lease (id, PERIOD during));
CREATE TABLE plain (id int4range, stay daterange, CONSTRAINT plain_key PRIMARY KEY (id, stay WITHOUT OVERLAPS));
