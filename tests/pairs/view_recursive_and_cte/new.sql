CREATE TABLE node (id integer PRIMARY KEY, parent integer, title text);
CREATE RECURSIVE VIEW tree (id, depth, path) AS SELECT id, 0, title FROM node WHERE parent IS NULL UNION ALL SELECT n.id, t.depth + 1, t.path || '/' || n.title FROM node n JOIN tree t ON n.parent = t.id;
