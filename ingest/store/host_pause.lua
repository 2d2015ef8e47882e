-- with: lib_pace
-- A host asked to be left alone: its next free slot is after that, and what waits already will find the pause.
--
-- A host that asks again as soon as a pause is over is given longer ones, twice as long each time.
--
-- KEYS[1]  host:<host>    string   read and written: its next free slot
-- KEYS[2]  pause:<host>   string   read and written: when the pause ends
-- KEYS[3]  pace:<host>    hash     read and written: `pauses` in a row, see answered.lua
-- ARGV     1 ms that the host asked for, or 0; a pause that ends sooner than what is known changes nothing
--          2 ms of the first pause of a row, 0 for none but what was asked for   3 ms of the longest   4 ms that this
--          is kept
local pauses = tonumber(redis.call('HGET', KEYS[3], 'pauses') or 0)
if redis.call('EXISTS', KEYS[2]) == 0 then pauses = pauses + 1 end
local grown = math.min(tonumber(ARGV[2]) * 2 ^ (math.max(pauses, 1) - 1), tonumber(ARGV[3]))
local ms = math.max(tonumber(ARGV[1]), grown)
if ms <= 0 then return end
redis.call('HSET', KEYS[3], 'pauses', pauses)
redis.call('PEXPIRE', KEYS[3], ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for number = 1, 2 do
  if now + ms > tonumber(redis.call('GET', KEYS[number]) or 0) then set_until(KEYS[number], now + ms, now) end
end
