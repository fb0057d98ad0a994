CREATE TABLE "Order" ("select" integer PRIMARY KEY, "Größe" text, "has space" boolean);
