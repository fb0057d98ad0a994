CREATE TABLE account (id text PRIMARY KEY);
CREATE TABLE charge (id integer PRIMARY KEY, account text REFERENCES account, payer text REFERENCES account);
CREATE TABLE refund (charge integer REFERENCES charge, account text REFERENCES account);
