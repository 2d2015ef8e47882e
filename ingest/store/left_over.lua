-- What a consumer of this name had in hand when it last ended may be taken at once. What retention dropped of it becomes
-- a gap, see take.lua: XCLAIM would forget it.
--
-- KEYS[1]  queue:<name>               stream   read and written
-- KEYS[2]  later:<queue>:<group>      zset     written
-- KEYS[3]  failures:<queue>:<group>   hash     read: who holds what is leased from `later`
-- ARGV     1 group   2 consumer   3 ms after which a delivery is taken from a silent consumer
-- Returns  how much there was
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local count, after = 0, '-'
while true do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], after, '+', 500, ARGV[2])
  if #pending == 0 then break end
  for _, each in ipairs(pending) do
    if #redis.call('XRANGE', KEYS[1], each[1], each[1]) > 0 then
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, each[1], 'IDLE', ARGV[3], 'JUSTID')
    else
      redis.call('XACK', KEYS[1], ARGV[1], each[1])
      redis.call('ZADD', KEYS[2], 0, each[1] .. '|' .. each[1] .. '|1|gap')
    end
  end
  count, after = count + #pending, '(' .. pending[#pending][1]
end
local fields = redis.call('HGETALL', KEYS[3])
for index = 1, #fields, 2 do
  local delivery = string.match(fields[index], '^(.*)|held$')
  if delivery and fields[index + 1] == ARGV[2] then
    redis.call('ZADD', KEYS[2], 'XX', now, delivery)
    count = count + 1
  end
end
return count
