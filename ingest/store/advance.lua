-- with: lib_life
-- The page is here: keep its bytes and move the entry from the fetch step to the process step.
--
-- KEYS[1]  due:fetch     zset     read and written
-- KEYS[2]  due:process   zset     written
-- KEYS[3]  entry:<id>    hash     written
-- KEYS[4]  page:<id>     string   written where there is a page
-- KEYS[5]  life:<id>     list     written
-- ARGV     1 member   2 token   3 page or ''   4 ms that the page is kept   5 how it came here, for its life
-- Returns  1, or 0 when the lease is no longer held
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then
  redis.call('DEL', KEYS[4])
else
  redis.call('SET', KEYS[4], ARGV[3], 'PX', ARGV[4])
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[3], 'step', 'process', 'attempt', 0)
redis.call('HDEL', KEYS[3], 'error')
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], string.format('%.0f', now), ARGV[1])
tell(KEYS[5], now, ARGV[5])
return 1
