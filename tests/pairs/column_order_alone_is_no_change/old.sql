CREATE TABLE pair (a integer, b text, c date);
