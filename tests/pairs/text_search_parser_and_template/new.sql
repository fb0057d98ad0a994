CREATE TEXT SEARCH PARSER mine (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH TEMPLATE mine (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY mine (TEMPLATE = mine);
CREATE TEXT SEARCH CONFIGURATION mine (PARSER = mine);
ALTER TEXT SEARCH CONFIGURATION mine ADD MAPPING FOR email WITH mine;
