-- The life of an address: what happened to it, in the order in which it did, for `teletipo why`.
--
--   life:<entry id>   list   "<ms> <what> <words>", see life.py; expires with the entry
--
-- It has 60 records at most. The first ten stay for good, as they say where the address comes from; of the rest the
-- oldest go, and the eleventh says how many went.
local FIRST_KEPT, MOST_KEPT = 10, 60

local function tell(key, now, words)
  if redis.call('RPUSH', key, string.format('%.0f ', now) .. words) <= MOST_KEPT then return end
  local gone = string.match(redis.call('LINDEX', key, FIRST_KEPT), '^0 gap (%d+)$')
  redis.call('LSET', key, gone and FIRST_KEPT + 1 or FIRST_KEPT, '')
  redis.call('LREM', key, 1, '')
  redis.call('LSET', key, FIRST_KEPT, '0 gap ' .. (gone or 1) + 1)
end
