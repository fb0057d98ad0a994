-- postgres: 15..

CREATE TABLE tenant_user (tenant integer, id integer, PRIMARY KEY (tenant, id));
CREATE TABLE post (
    tenant integer NOT NULL,
    id integer,
    author integer,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, author) REFERENCES tenant_user ON DELETE SET NULL (author)
);
