CREATE DOMAIN word AS text CHECK (VALUE <> '');
CREATE DOMAIN short_word AS word DEFAULT 'x';
ALTER DOMAIN short_word ADD CONSTRAINT short_word_length CHECK (length(VALUE) < 8) NOT VALID;
CREATE TABLE verse (words short_word[], one short_word);
