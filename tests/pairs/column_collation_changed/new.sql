CREATE TABLE word (
    id integer PRIMARY KEY,
    spelling text COLLATE "C" NOT NULL,
    lemma varchar(60)
);
CREATE INDEX word_spelling ON word (spelling);
CREATE UNIQUE INDEX word_lemma ON word (lemma);
