CREATE TABLE a_table_with_a_rather_long_name_that_fills_the_whole_sixty_three (
    a_column_with_a_long_name_too integer PRIMARY KEY
);
