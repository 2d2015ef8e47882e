-- The pace of a host: how many ms lie between two of its pages. At least what the configuration says, and more where
-- the host's robots.txt asks for it (Crawl-delay), or where it answers slowly: then it is asked for the next page no
-- sooner than it takes to answer, so that one request at a time is with it, on average.
--
--   pace:<host>   hash   crawl: ms, see hosts.py; latency: ms, see answered.lua
local MOST_PACE = 30000

-- Keep a moment that is still to come, and no longer than until then.
local function set_until(key, ms, now)
  if ms > now then redis.call('SET', key, string.format('%.0f', ms), 'PX', string.format('%.0f', ms - now)) end
end

local function pace(key, configured)
  local known = redis.call('HMGET', key, 'crawl', 'latency')
  return math.max(tonumber(configured), math.min(MOST_PACE, math.max(tonumber(known[1] or 0), tonumber(known[2] or 0))))
end

-- The turns of those pages of a host that could not be had in their slots.
--
--   turn:<host>   hash   free: ms from which a page may be begun, by the one that was begun last
--                        line: ms of the next place in the line of those that wait
local function turns(key)
  local known = redis.call('HMGET', key, 'free', 'line')
  return tonumber(known[1] or 0), tonumber(known[2] or 0)
end

-- A page is begun, or gets in line.
local function take_turn(key, free, line, now)
  line = math.max(free, line)
  if line <= now then return end
  redis.call('HSET', key, 'free', string.format('%.0f', free), 'line', string.format('%.0f', line))
  redis.call('PEXPIRE', key, string.format('%.0f', line - now))
end
