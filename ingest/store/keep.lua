-- A consumer is still at work on these deliveries: nobody takes them from it for another while. Those that somebody
-- took before it said so are not its own any more, and stay where they are.
--
-- An entry that retention dropped meanwhile cannot stay in the stream's hands (XCLAIM would forget it), so its delivery is
-- leased from `later` from now on.
--
-- KEYS[1]  queue:<name>               stream   read and written
-- KEYS[2]  later:<queue>:<group>      zset     written
-- KEYS[3]  failures:<queue>:<group>   hash     read and written: who holds what is leased from `later`
-- ARGV     1 group   2 consumer   3 ms that a lease lasts   4.. deliveries
-- Returns  the deliveries that are its own
local time = redis.call('TIME')
local ends = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[3]))
local kept = {}
for index = 4, #ARGV do
  local delivery = ARGV[index]
  local entry = string.match(delivery, '^([^|]*)|')
  if redis.call('HGET', KEYS[3], delivery .. '|held') == ARGV[2] then
    redis.call('ZADD', KEYS[2], 'XX', ends, delivery)
    table.insert(kept, delivery)
  elseif entry ~= '' and #redis.call('XPENDING', KEYS[1], ARGV[1], entry, entry, 1, ARGV[2]) > 0 then
    if #redis.call('XRANGE', KEYS[1], entry, entry) > 0 then
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, entry, 'JUSTID')
    else
      redis.call('XACK', KEYS[1], ARGV[1], entry)
      redis.call('ZADD', KEYS[2], ends, delivery)
      redis.call('HSET', KEYS[3], delivery .. '|held', ARGV[2])
    end
    table.insert(kept, delivery)
  end
end
return kept
