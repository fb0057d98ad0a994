-- rename: mood.glad=happy

CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE diary (day date PRIMARY KEY, mood mood DEFAULT 'happy');
