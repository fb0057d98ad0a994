CREATE TABLE a_table_with_a_rather_long_name_that_fills_the_whole_sixty_three (
    a_column_with_a_long_name_too integer PRIMARY KEY,
    another_column_with_a_long_name_as_well text UNIQUE CHECK (another_column_with_a_long_name_as_well <> ''),
    serial_column_with_a_long_name_as_well_yes serial
);
CREATE INDEX ON a_table_with_a_rather_long_name_that_fills_the_whole_sixty_three (another_column_with_a_long_name_as_well, a_column_with_a_long_name_too);
