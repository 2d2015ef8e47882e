-- A walk into a source's past has ended: take it out of `due`, and remember for a while how it went.
--
-- KEYS[1]  due:fetch           zset     read and written
-- KEYS[2]  backfill:<source>   hash     written, expires
-- KEYS[3]  found:<source>      string   gone
-- ARGV     1 member   2 token   3 its state   4 ms that it is remembered
-- Returns  1, or 0 when the lease is no longer held
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return 0 end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], 'state', ARGV[3])
redis.call('HDEL', KEYS[2], 'cursor', 'claiming', 'attempt')
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('DEL', KEYS[3])
return 1
