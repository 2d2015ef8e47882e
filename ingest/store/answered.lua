-- A host answered, or was waited for in vain: how long that took goes into its pace.
--
-- A running mean of the last few answers is kept of hosts that are slow; the others have none.
--
-- KEYS[1]  pace:<host>    hash     read and written: `latency`; `pauses`, how many were needed in a row, ends
-- KEYS[2]  pause:<host>   string   read: what comes in while it lasts was asked for before
-- ARGV     1 ms that it took   2 1 where it answered well   3 ms that this is kept   4 ms from which it is slow
local WEIGHT = 0.25

local known = redis.call('HMGET', KEYS[1], 'latency', 'pauses')
if known[2] and ARGV[2] == '1' and redis.call('EXISTS', KEYS[2]) == 0 then redis.call('HDEL', KEYS[1], 'pauses') end
local ms, slow = tonumber(ARGV[1]), tonumber(ARGV[4])
if ms < slow and not known[1] then return end
local mean = tonumber(known[1] or 0)
mean = mean + (ms - mean) * WEIGHT
if mean < slow * WEIGHT then
  redis.call('HDEL', KEYS[1], 'latency')
else
  redis.call('HSET', KEYS[1], 'latency', string.format('%.0f', mean))
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
