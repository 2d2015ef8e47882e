-- Deliver dead letters again, due now, their failures forgotten. What is no dead letter is left alone.
--
-- KEYS[1]  later:<queue>:<group>      zset   written
-- KEYS[2]  failures:<queue>:<group>   hash   written
-- KEYS[3]  dead:<queue>:<group>       zset   read and written
-- ARGV     deliveries
-- Returns  how many there were
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local revived = 0
for _, delivery in ipairs(ARGV) do
  if redis.call('ZREM', KEYS[3], delivery) == 1 then
    redis.call('ZADD', KEYS[1], now, delivery)
    redis.call('HDEL', KEYS[2], delivery, delivery .. '|why', delivery .. '|since', delivery .. '|held')
    revived = revived + 1
  end
end
return revived
