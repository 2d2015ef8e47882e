-- with: lib_life lib_pace
-- Work that was started while its host has asked to be left alone takes the host's next free slot, as if claimed now.
-- A page that was started sooner after another one of its host than the host's pace allows, or while another one is still
-- on its way, waits for its turn: slots that went by while no worker ran come all at once, and others were given out
-- before the pace was known. Those that wait stand in a line, ahead of all that come later; turns that went by, too, are
-- taken one at a time: whoever finds that it is too soon goes to the end of the line.
-- The attempt was not made, and is not counted.
--
-- KEYS[1]  due:fetch      zset     read and written
-- KEYS[2]  the record     hash     `attempt` counted down; `turn`: it stands in the line
-- KEYS[3]  host:<host>    string   read and written: its next free slot
-- KEYS[4]  pause:<host>   string   read
-- KEYS[5]  pace:<host>    hash     read
-- KEYS[6]  turn:<host>    hash     read and written, see lib_pace
-- KEYS[7]  life:<id>      list     written; left out for a feed, which takes no turn
-- ARGV     1 member   2 token   3 delay between two pages of the host in ms
--          4 1 where another page of the host is on its way to the same worker
-- Returns  {held, postponed, paced}: 1 or 0; 0, 1 for a pause or 2 for a turn; 1 where the host's answers are counted
local EARLY = 0.25

local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return {0, 0, 0} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local delay = pace(KEYS[5], ARGV[3])

local function wait(slot)
  redis.call('ZADD', KEYS[1], string.format('%.0f', slot), ARGV[1])
  redis.call('HINCRBY', KEYS[2], 'attempt', -1)
end

local turn = redis.call('HDEL', KEYS[2], 'turn') == 1
local ends = redis.call('GET', KEYS[4])
if ends then
  local slot = math.max(tonumber(ends), tonumber(redis.call('GET', KEYS[3]) or 0))
  if delay > 0 then set_until(KEYS[3], slot + delay, now) end
  wait(slot)
  if KEYS[7] then tell(KEYS[7], now, string.format('paused %.0f', slot - now)) end
  return {1, 1, 1}
end
local known = redis.call('HMGET', KEYS[5], 'latency', 'pauses') -- see answered.lua
local paced = (known[1] or known[2]) and 1 or 0
if not KEYS[7] then return {1, 0, paced} end
local free, line = turns(KEYS[6])
local soon, busy = now + delay * EARLY, ARGV[4] == '1'
if not busy and free <= soon and (turn or line <= soon) then
  take_turn(KEYS[6], math.max(free, now) + delay, line, now)
  return {1, 0, paced}
end
local slot = math.max(free, line, busy and now + delay or now)
take_turn(KEYS[6], free, slot + delay, now)
wait(slot)
redis.call('HSET', KEYS[2], 'turn', 1)
return {1, 2, paced}
