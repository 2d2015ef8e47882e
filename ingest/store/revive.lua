-- with: lib_life
-- Give a dead entry all its attempts again: back into `due`, due now, at the step at which it died.
--
-- KEYS[1]  dead          zset   read and written
-- KEYS[2]  entry:<id>    hash   read and written
-- KEYS[3]  due:fetch     zset   written where it died fetching
-- KEYS[4]  due:process   zset   written where it died later
-- KEYS[5]  life:<id>     list   written
-- ARGV     1 member
-- Returns  1, or 0 when it is not dead
local step = redis.call('HGET', KEYS[2], 'step')
if not step or redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[2], 'attempt', 0, 'refetched', 0, 'outcome', '')
redis.call('ZADD', step == 'process' and KEYS[4] or KEYS[3], string.format('%.0f', now), ARGV[1])
tell(KEYS[5], now, 'revived')
return 1
