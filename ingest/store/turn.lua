-- with: lib_pace
-- A host's next turn for a step that asks it for several things, one after the other.
--
-- KEYS[1]  turn:<host>    hash     read and written, see lib_pace
-- KEYS[2]  pause:<host>   string   read
-- KEYS[3]  pace:<host>    hash     read
-- ARGV     1 delay between two pages of the host in ms   2 ms that the step can wait
-- Returns  ms until the turn; -1 where the host asked for a pause, or the turn comes too late: it is not taken then
if redis.call('EXISTS', KEYS[2]) == 1 then return -1 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local free, line = turns(KEYS[1])
local slot = math.max(now, free, line)
if slot - now > tonumber(ARGV[2]) then return -1 end
take_turn(KEYS[1], slot + pace(KEYS[3], ARGV[1]), line, now)
return slot - now
