CREATE TABLE account (id bigint PRIMARY KEY, code varchar(40) UNIQUE);
CREATE TABLE entry (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    account_code varchar(40) REFERENCES account (code) ON UPDATE CASCADE,
    amount numeric(14,4) NOT NULL CHECK (amount <> 0)
);
CREATE INDEX entry_account ON entry (account_id, amount);
