-- with: lib_life
-- Put work that is held back into `due` for later, and write down what is to be remembered about it: a feed's next poll
-- and new state, or the next attempt at an entry and why the last one failed.
--
-- KEYS[1]  due:<queue>   zset   read and written
-- KEYS[2]  the record    hash   written
-- KEYS[3]  life:<id>     list   written; left out for a feed
-- ARGV     1 member   2 token   3 delay in ms   4 change of the attempt count, or 'reset'
--          5 what happened, for its life   6.. field, value, ...
-- Returns  1, or 0 when the lease is no longer held
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[3])), ARGV[1])
if ARGV[4] == 'reset' then
  redis.call('HDEL', KEYS[2], 'attempt')
elseif tonumber(ARGV[4]) ~= 0 then
  redis.call('HINCRBY', KEYS[2], 'attempt', ARGV[4])
end
if #ARGV > 5 then redis.call('HSET', KEYS[2], unpack(ARGV, 6)) end
if KEYS[3] then tell(KEYS[3], now, ARGV[5]) end
return 1
