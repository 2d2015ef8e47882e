-- These deliveries are done with, wherever they are: in somebody's hands, put off, or dead.
--
-- KEYS[1]  queue:<name>               stream   acknowledged
-- KEYS[2]  later:<queue>:<group>      zset     written
-- KEYS[3]  failures:<queue>:<group>   hash     written
-- KEYS[4]  dead:<queue>:<group>       zset     written
-- ARGV     1 group   2.. deliveries
local known, entries = redis.call('EXISTS', KEYS[2], KEYS[3], KEYS[4]) > 0, {}

local function acknowledge()
  if #entries > 0 then redis.call('XACK', KEYS[1], ARGV[1], unpack(entries)) end
  entries = {}
end

for index = 2, #ARGV do
  local delivery = ARGV[index]
  local entry, event = string.match(delivery, '^([^|]*)|.*|(.*)$')
  if entry ~= '' and event ~= 'gap' then table.insert(entries, entry) end
  if #entries == 1000 then acknowledge() end -- Lua's stack holds no more than some thousand
  if known then
    redis.call('ZREM', KEYS[2], delivery)
    redis.call('ZREM', KEYS[4], delivery)
    redis.call('HDEL', KEYS[3], delivery, delivery .. '|why', delivery .. '|since', delivery .. '|held')
  end
end
acknowledge()
