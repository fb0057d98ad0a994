-- rename: mood.glad=happy

CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE diary (day date PRIMARY KEY, mood mood DEFAULT 'glad');
