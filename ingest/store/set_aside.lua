-- with: lib_life
-- The last attempt failed: take the entry out of `due` and keep it, with its error, among the dead.
--
-- KEYS[1]  due:<queue>           zset   read and written
-- KEYS[2]  entry:<id>            hash   written
-- KEYS[3]  dead                  zset   written
-- KEYS[4]  day:<source>:<date>   hash   `dead` counted up
-- KEYS[5]  life:<id>             list   written
-- ARGV     1 member   2 token   3 error   4 what happened, for its life
-- Returns  1, or 0 when the lease is no longer held
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[3], string.format('%.0f', now), ARGV[1])
redis.call('HSET', KEYS[2], 'outcome', 'dead', 'error', ARGV[3])
redis.call('HINCRBY', KEYS[4], 'dead', 1)
redis.call('EXPIRE', KEYS[4], 3456000)
tell(KEYS[5], now, ARGV[4])
return 1
