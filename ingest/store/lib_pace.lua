-- The pace of a host: how many ms lie between two of its pages. At least what the configuration says, and more where
-- the host's robots.txt asks for it (Crawl-delay).
--
--   pace:<host>   hash   crawl: ms, see robots.py
local function pace(key, configured)
  return math.max(tonumber(configured), tonumber(redis.call('HGET', key, 'crawl') or 0))
end
