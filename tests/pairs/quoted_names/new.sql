CREATE TABLE "Order" ("Id" integer PRIMARY KEY, "select" text NOT NULL DEFAULT 'it''s \ here', "a ""b""" bigint);
CREATE SCHEMA "Room";
CREATE TYPE "Room"."Mood" AS ENUM ('a b', 'it''s');
CREATE TABLE "Room"."Line" ("order" integer REFERENCES "Order" ("Id"), m "Room"."Mood" DEFAULT 'a b');
CREATE INDEX "By Order" ON "Room"."Line" ("order");
CREATE VIEW "Room"."View" AS SELECT "select" FROM "Order";
COMMENT ON COLUMN "Order"."select" IS E'two\nlines \\ and more';
CREATE FUNCTION "Room"."Do It"("A" integer) RETURNS integer LANGUAGE sql AS 'SELECT "A"';
