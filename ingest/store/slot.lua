-- with: lib_pace
-- How far a host's next free slot is, and how far apart its slots are. Nothing is taken.
--
-- KEYS[1]  host:<host>    string   read
-- KEYS[2]  pause:<host>   string   read
-- KEYS[3]  pace:<host>    hash     read
-- ARGV     1 delay between two pages of the host in ms
-- Returns  {ms until the slot, ms between two slots}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local free = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), tonumber(redis.call('GET', KEYS[2]) or 0))
return {math.max(0, free - now), pace(KEYS[3], ARGV[1])}
