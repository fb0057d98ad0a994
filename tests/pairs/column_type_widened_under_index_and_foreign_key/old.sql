CREATE TABLE account (id integer PRIMARY KEY, code varchar(10) UNIQUE);
CREATE TABLE entry (
    id integer PRIMARY KEY,
    account_id integer NOT NULL REFERENCES account ON DELETE CASCADE,
    account_code varchar(10) REFERENCES account (code) ON UPDATE CASCADE,
    amount numeric(8,2) NOT NULL CHECK (amount <> 0)
);
CREATE INDEX entry_account ON entry (account_id, amount);
