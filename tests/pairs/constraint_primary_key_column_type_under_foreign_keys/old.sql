CREATE TABLE account (id integer PRIMARY KEY);
CREATE TABLE charge (id integer PRIMARY KEY, account integer REFERENCES account, payer integer REFERENCES account);
CREATE TABLE refund (charge integer REFERENCES charge, account integer REFERENCES account);
