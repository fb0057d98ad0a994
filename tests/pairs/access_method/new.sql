CREATE TABLE t (n integer);
CREATE ACCESS METHOD pile TYPE TABLE HANDLER heap_tableam_handler;
COMMENT ON ACCESS METHOD pile IS 'a heap';
CREATE TABLE u (n integer) USING pile;
