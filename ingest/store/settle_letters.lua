-- Dead letters are delivered again, due now, or dropped; their failures are forgotten. What is no dead letter is left
-- alone, whatever name it has.
--
-- KEYS[1]  later:<queue>:<group>      zset   written where they are delivered again
-- KEYS[2]  failures:<queue>:<group>   hash   written
-- KEYS[3]  dead:<queue>:<group>       zset   read and written
-- ARGV     1 `retry`, or `drop`   2.. deliveries
-- Returns  how many there were
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local settled = 0
for index = 2, #ARGV do
  local delivery = ARGV[index]
  if redis.call('ZREM', KEYS[3], delivery) == 1 then
    redis.call('HDEL', KEYS[2], delivery, delivery .. '|why', delivery .. '|since', delivery .. '|held')
    if ARGV[1] == 'retry' then redis.call('ZADD', KEYS[1], now, delivery) end
    settled = settled + 1
  end
end
return settled
