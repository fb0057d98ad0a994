CREATE TABLE "Order" ("Id" integer PRIMARY KEY, "select" text, "a ""b""" integer);
CREATE SCHEMA "Room";
