-- with: lib_life lib_pace
-- Work that was started while its host has asked to be left alone takes the host's next free slot, as if claimed now.
-- The attempt was not made, and is not counted.
--
-- KEYS[1]  due:fetch      zset     read and written
-- KEYS[2]  the record     hash     `attempt` counted down
-- KEYS[3]  host:<host>    string   read and written: its next free slot
-- KEYS[4]  pause:<host>   string   read
-- KEYS[5]  pace:<host>    hash     read
-- KEYS[6]  life:<id>      list     written; left out for a feed
-- ARGV     1 member   2 token   3 delay between two pages of the host in ms
-- Returns  {held, postponed}, each 1 or 0
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return {0, 0} end
local ends = redis.call('GET', KEYS[4])
if not ends then return {1, 0} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local slot = math.max(tonumber(ends), tonumber(redis.call('GET', KEYS[3]) or 0))
local delay = pace(KEYS[5], ARGV[3])
if delay > 0 then
  redis.call('SET', KEYS[3], string.format('%.0f', slot + delay), 'PX', string.format('%.0f', slot + delay - now))
end
redis.call('ZADD', KEYS[1], string.format('%.0f', slot), ARGV[1])
redis.call('HINCRBY', KEYS[2], 'attempt', -1)
if KEYS[6] then tell(KEYS[6], now, string.format('paused %.0f', slot - now)) end
return {1, 1}
