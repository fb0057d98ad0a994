CREATE TABLE parcel (
    id integer PRIMARY KEY,
    weight_g integer CONSTRAINT weight_positive CHECK (weight_g > 0),
    barcode text UNIQUE,
    address text
);
CREATE INDEX parcel_weight ON parcel (weight_g);
CREATE INDEX parcel_address_weight ON parcel (address, weight_g);
COMMENT ON COLUMN parcel.weight_g IS 'grams';
COMMENT ON CONSTRAINT weight_positive ON parcel IS 'no helium';
CREATE INDEX parcel_address ON parcel (address);
