CREATE TABLE word (
    id integer PRIMARY KEY,
    spelling text NOT NULL,
    lemma varchar(60) COLLATE "POSIX"
);
CREATE INDEX word_spelling ON word (spelling);
CREATE UNIQUE INDEX word_lemma ON word (lemma);
