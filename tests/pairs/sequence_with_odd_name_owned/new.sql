CREATE SEQUENCE the_account_ids AS integer START 1000;
CREATE TABLE account (id integer NOT NULL DEFAULT nextval('the_account_ids'));
ALTER SEQUENCE the_account_ids OWNED BY account.id;
COMMENT ON SEQUENCE the_account_ids IS 'from a thousand on';
