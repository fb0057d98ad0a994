CREATE TABLE pair (c date, a integer, b text);
