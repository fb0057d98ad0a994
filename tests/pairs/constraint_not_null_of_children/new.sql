-- postgres: 18..

CREATE TABLE own_then_both (a integer CONSTRAINT whole_of_both NOT NULL);
CREATE TABLE own_then_both_child (CONSTRAINT mine NOT NULL a) INHERITS (own_then_both);
CREATE TABLE both_then_own (a integer);
CREATE TABLE both_then_own_child (CONSTRAINT part NOT NULL a) INHERITS (both_then_own);
CREATE TABLE inherited_then_both (a integer NOT NULL);
CREATE TABLE inherited_then_both_child (CONSTRAINT inherited_then_both_a_not_null NOT NULL a) INHERITS (inherited_then_both);
CREATE TABLE inherited_then_own (a integer);
CREATE TABLE inherited_then_own_child (CONSTRAINT alone NOT NULL a) INHERITS (inherited_then_own);
CREATE TABLE kept_alone (a integer CONSTRAINT second NOT NULL);
CREATE TABLE kept_alone_child () INHERITS (kept_alone);
CREATE TABLE kept_alone_grandchild (CONSTRAINT third NOT NULL a) INHERITS (kept_alone_child);
CREATE TABLE lost (a integer, b integer CONSTRAINT comes NOT NULL);
CREATE TABLE lost_child () INHERITS (lost);
CREATE TABLE lost_grandchild () INHERITS (lost_child);
