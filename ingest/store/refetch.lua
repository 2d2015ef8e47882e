-- with: lib_life
-- No article was in the page: move the entry from the process step back to the fetch step, for later.
--
-- KEYS[1]  due:process   zset   read and written
-- KEYS[2]  due:fetch     zset   written
-- KEYS[3]  entry:<id>    hash   written, `refetched` counted up
-- KEYS[4]  life:<id>     list   written
-- ARGV     1 member   2 token   3 delay in ms   4 error   5 what happened, for its life
-- Returns  1, or 0 when the lease is no longer held
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[3], 'step', 'fetch', 'attempt', 0, 'error', ARGV[4])
redis.call('HINCRBY', KEYS[3], 'refetched', 1)
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[3])), ARGV[1])
tell(KEYS[4], now, ARGV[5])
return 1
