-- Take a consumer's next batch of a queue: what is to be delivered again, then what consumers left lying, then what is
-- new. Every delivery comes with its article's JSON, so a batch is one round trip.
--
-- KEYS[1]  queue:<name>               stream   read as the group
-- KEYS[2]  later:<queue>:<group>      zset     due deliveries are leased: their score moves on by ARGV[4]
-- KEYS[3]  failures:<queue>:<group>   hash     read, counted up for what was left lying
-- KEYS[4]  dead:<queue>:<group>       zset     written with what was left lying too often
-- and      article:<id>, revisions:<id> under ARGV[6]: read
-- ARGV     1 group   2 consumer   3 how many at most   4 ms after which a delivery is taken from a silent consumer
--          5 failures after which a delivery is dead   6 prefix of all keys   7 ms since its first failure after which
--          it is dead
-- A delivery is written `<entry>|<id>|<revision>|<event>`. An entry that retention dropped while it was in somebody's
-- hands has no fields any more; its id alone comes back, for a refill.
-- Returns  {id of the last entry given to the group where the batch is empty, {lost entry id, ...},
--           {delivery, 1 where it is delivered again, failures, JSON or ''}, ...}
local most, idle = tonumber(ARGV[3]), ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local batch, lost = {}, {}

local function json_of(id, revision)
  return redis.call('HGET', ARGV[6] .. 'revisions:' .. id, revision) or redis.call('GET', ARGV[6] .. 'article:' .. id) or ''
end

local function add(again, delivery, id, revision)
  local failures = again == 1 and tonumber(redis.call('HGET', KEYS[3], delivery) or 0) or 0
  table.insert(batch, {delivery, again, failures, json_of(id, revision)})
end

local function delivery_of(entry)
  local fields = {}
  for index = 1, #entry[2], 2 do fields[entry[2][index]] = entry[2][index + 1] end
  return table.concat({entry[1], fields.id, fields.revision, fields.event}, '|'), fields.id, fields.revision
end

for _, delivery in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, most)) do
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(idle)), delivery)
  local id, revision = string.match(delivery, '^[^|]*|([^|]*)|([^|]*)|')
  add(1, delivery, id, revision)
end

if #batch < most then
  local answer = redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], idle, '0-0', 'COUNT', most - #batch)
  lost = answer[3] or {}
  for _, entry in ipairs(answer[2]) do
    local delivery, id, revision = delivery_of(entry)
    redis.call('HSETNX', KEYS[3], delivery .. '|since', string.format('%.0f', now))
    local failing = now - tonumber(redis.call('HGET', KEYS[3], delivery .. '|since'))
    if redis.call('HINCRBY', KEYS[3], delivery, 1) < tonumber(ARGV[5]) and failing < tonumber(ARGV[7]) then
      add(1, delivery, id, revision)
    else
      redis.call('HSET', KEYS[3], delivery .. '|why', 'its consumer ended, or was silent for too long, without an answer')
      redis.call('ZADD', KEYS[4], string.format('%.0f', now), delivery)
      redis.call('XACK', KEYS[1], ARGV[1], entry[1])
    end
  end
end

if #batch < most then
  local answer = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', most - #batch, 'STREAMS', KEYS[1], '>')
  for _, entry in ipairs(answer and answer[1][2] or {}) do
    add(0, delivery_of(entry))
  end
end

local last = '0-0'
for _, group in ipairs(#batch == 0 and redis.call('XINFO', 'GROUPS', KEYS[1]) or {}) do
  local fields = {}
  for index = 1, #group, 2 do fields[group[index]] = group[index + 1] end
  if fields.name == ARGV[1] then last = fields['last-delivered-id'] end
end
table.insert(batch, 1, lost)
table.insert(batch, 1, last)
return batch
