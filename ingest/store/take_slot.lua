-- with: lib_pace
-- A look or a step into the past that was started takes its host's slot, or goes back into `due` until there is one,
-- uncounted.
--
-- Looks never take a host's slots ahead of time, so a new page waits for one of them at most: they stand in a line of
-- their own, in which every second slot is theirs, and whoever's turn it is looks whether the host is free.
--
-- KEYS[1]  its due        zset     read and written
-- KEYS[2]  its record     hash     `attempt` counted down where it has to wait; `turn`: its place in the line came
-- KEYS[3]  host:<host>    string   read and written: the host's next free slot
-- KEYS[4]  pause:<host>   string   read
-- KEYS[5]  look:<host>    string   read and written: the next free place in the line
-- KEYS[6]  pace:<host>     hash     read
-- KEYS[7]  turn:<host>     hash     read and written, see lib_pace
-- ARGV     1 member   2 token   3 delay between two pages of the host in ms
--          4 1 where a page of the host is on its way to the same worker
-- Returns  {held, waits}, each 1 or 0
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return {0, 0} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local delay = pace(KEYS[6], ARGV[3])

local begun, waiting = turns(KEYS[7])
local free = math.max(tonumber(redis.call('GET', KEYS[3]) or 0), tonumber(redis.call('GET', KEYS[4]) or 0), begun, waiting)
if ARGV[4] == '1' then free = math.max(free, now + delay) end
local line = tonumber(redis.call('GET', KEYS[5]) or 0)
local turn = redis.call('HGET', KEYS[2], 'turn')
redis.call('HDEL', KEYS[2], 'turn')
if free > now or (line > now and not turn) then
  local slot = math.max(free, line)
  set_until(KEYS[5], slot + 2 * delay, now)
  redis.call('HSET', KEYS[2], 'turn', 1)
  redis.call('HINCRBY', KEYS[2], 'attempt', -1)
  redis.call('ZADD', KEYS[1], string.format('%.0f', slot), ARGV[1])
  return {1, 1}
end
set_until(KEYS[3], now + delay, now)
take_turn(KEYS[7], now + delay, waiting, now)
if not turn then set_until(KEYS[5], now + 2 * delay, now) end
return {1, 0}
