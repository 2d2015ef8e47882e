-- Put a delivery off: it leaves the consumer's hands and comes back later, or is dead when it failed too often or for
-- too long.
--
-- KEYS[1]  queue:<name>               stream   acknowledged
-- KEYS[2]  later:<queue>:<group>      zset     written, or the delivery is taken out
-- KEYS[3]  failures:<queue>:<group>   hash     counted up; the reason and the time of the first failure
--                                              kept; nobody holds it any more
-- KEYS[4]  dead:<queue>:<group>       zset     written
-- ARGV     1 group   2 delivery   3 delay in ms   4 failures after which it is dead   5 reason, or '' for no failure
--          6 ms since its first failure after which it is dead
-- Returns  later | dead
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local entry = string.match(ARGV[2], '^([^|]*)|')
if entry ~= '' then redis.call('XACK', KEYS[1], ARGV[1], entry) end
redis.call('HDEL', KEYS[3], ARGV[2] .. '|held')
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[2] .. '|why', ARGV[5])
  redis.call('HSETNX', KEYS[3], ARGV[2] .. '|since', string.format('%.0f', now))
  local failing = now - tonumber(redis.call('HGET', KEYS[3], ARGV[2] .. '|since'))
  if redis.call('HINCRBY', KEYS[3], ARGV[2], 1) >= tonumber(ARGV[4]) or failing >= tonumber(ARGV[6]) then
    redis.call('ZREM', KEYS[2], ARGV[2])
    redis.call('ZADD', KEYS[4], string.format('%.0f', now), ARGV[2])
    return 'dead'
  end
end
redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[3])), ARGV[2])
return 'later'
