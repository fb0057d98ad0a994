CREATE TABLE line (order_id integer, n integer, PRIMARY KEY (order_id));
