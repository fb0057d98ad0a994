CREATE TABLE part (number integer, code text);
