-- Keep what was learned of an outlet, unless somebody else has kept something since it was read.
--
-- KEYS[1]  learned:<source>    string   read and written
-- KEYS[2]  evidence:<source>   string   written
-- ARGV     1 SHA-1 of what was read, of an empty text for nothing   2 learned   3 evidence   4 ms for which they are kept
-- Returns  1, or 0 where another lesson came first
if redis.sha1hex(redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
return 1
