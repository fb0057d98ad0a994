CREATE FUNCTION prices() RETURNS TABLE (sku text, price integer) LANGUAGE sql STABLE AS $$SELECT 'a', 1$$;
CREATE VIEW price_list AS SELECT sku, price FROM prices();
CREATE VIEW cheap AS SELECT sku FROM price_list WHERE price < 10;
COMMENT ON FUNCTION prices() IS 'today';
