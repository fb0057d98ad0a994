CREATE TABLE parcel (
    id integer PRIMARY KEY,
    address text
);
CREATE INDEX parcel_address ON parcel (address);
