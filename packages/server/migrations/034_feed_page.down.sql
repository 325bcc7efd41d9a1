drop function if exists feed_page;
