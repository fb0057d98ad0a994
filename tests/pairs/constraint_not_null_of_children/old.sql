-- postgres: 18..

-- A child has a constraint of its own, inherits one, or both.
CREATE TABLE own_then_both (a integer);
CREATE TABLE own_then_both_child (CONSTRAINT mine NOT NULL a) INHERITS (own_then_both);
CREATE TABLE both_then_own (a integer CONSTRAINT whole NOT NULL);
CREATE TABLE both_then_own_child (CONSTRAINT part NOT NULL a) INHERITS (both_then_own);
CREATE TABLE inherited_then_both (a integer NOT NULL);
CREATE TABLE inherited_then_both_child () INHERITS (inherited_then_both);
CREATE TABLE inherited_then_own (a integer NOT NULL);
CREATE TABLE inherited_then_own_child () INHERITS (inherited_then_own);
CREATE TABLE kept_alone (a integer CONSTRAINT first NOT NULL);
CREATE TABLE kept_alone_child () INHERITS (kept_alone);
CREATE TABLE kept_alone_grandchild () INHERITS (kept_alone_child);
CREATE TABLE lost (a integer CONSTRAINT gone NOT NULL, b integer);
CREATE TABLE lost_child () INHERITS (lost);
CREATE TABLE lost_grandchild (CONSTRAINT deep NOT NULL a) INHERITS (lost_child);
