-- postgres: 14..

CREATE SUBSCRIPTION mirror_pair CONNECTION 'dbname=nosuch' PUBLICATION p1, p2 WITH (connect = false, binary = true);
