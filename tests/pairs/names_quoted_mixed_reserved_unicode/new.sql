CREATE TABLE "Order" ("select" integer PRIMARY KEY, "Größe" varchar(30) DEFAULT 'klein', "has space" boolean NOT NULL, "quote""d" text, "naïve" date);
CREATE INDEX "idx.with.dots" ON "Order" ("quote""d", lower("Größe"));
CREATE TYPE "Ünum" AS ENUM ('it''s', 'two words', '');
CREATE TABLE "table" ("user" "Ünum" DEFAULT 'it''s', "group" integer CONSTRAINT "check" CHECK ("group" > 0) REFERENCES "Order");
COMMENT ON COLUMN "table"."user" IS 'a ''quoted'' comment with \ and $$';
CREATE VIEW "from" AS SELECT "user" AS "where" FROM "table";
