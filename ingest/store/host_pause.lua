-- A host asked to be left alone: its next free slot is after that, and what waits already will find the pause.
--
-- KEYS[1]  host:<host>    string   read and written: its next free slot
-- KEYS[2]  pause:<host>   string   read and written: when the pause ends
-- ARGV     1 the pause in ms; one that ends sooner than what is known changes nothing
local ms = tonumber(ARGV[1])
if ms <= 0 then return end
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ms
for _, key in ipairs(KEYS) do
  if ends > tonumber(redis.call('GET', key) or 0) then redis.call('SET', key, string.format('%.0f', ends), 'PX', ms) end
end
