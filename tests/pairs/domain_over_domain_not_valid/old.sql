CREATE DOMAIN word AS text CHECK (VALUE <> '');
CREATE DOMAIN short_word AS word CHECK (length(VALUE) < 10);
CREATE TABLE verse (words short_word[], one short_word);
