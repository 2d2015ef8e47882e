-- Fingerprints: feature -> the articles that have it, the last few that are in different clusters. They live in numbered tables, each cut into so many shards that
-- a shard stays a compact list; a table that is full or old is closed and the next one, of the right size, is opened. Closed
-- ones are looked into until their age is up. So an article's thirty features cost half a kilobyte, whatever their number.
--
--   fingerprints:<version>                    hash   <number> = "<bits> <ms when opened>", <number># = entries
--   fingerprints:<version>:<number>:<shard>   hash   last 4 bytes of a feature -> articles' ids, 8 bytes each
--
-- A feature is 8 bytes: the first four choose one of 2^bits shards.
local SMALLEST, GROWTH, FULL, TABLES, MOST_OWNERS = 9, 3, 96, 3, 8

local function raw(id)
  return (string.gsub(id, '%x%x', function(pair) return string.char(tonumber(pair, 16)) end))
end

local function hex(bytes)
  return (string.gsub(bytes, '.', function(byte) return string.format('%02x', string.byte(byte)) end))
end

local function shard_of(registry, each, feature)
  local shard = struct.unpack('>I4', feature) % (2 ^ each.bits)
  return string.format('%s:%d:%d', registry, each.number, shard)
end

-- The tables whose age is not up, the newest last. life: ms that a feature is remembered after it was last seen; 0: for good.
local function tables_of(registry, life, now)
  local flat, said, found = redis.call('HGETALL', registry), {}, {}
  for index = 1, #flat, 2 do said[flat[index]] = flat[index + 1] end
  for number, value in pairs(said) do
    local bits, opened = string.match(value, '^(%d+) (%d+)$')
    if bits then
      local ends = life > 0 and tonumber(opened) + life + life / TABLES or math.huge
      if ends <= now then
        redis.call('HDEL', registry, number, number .. '#')
      else
        table.insert(found, {number = tonumber(number), bits = tonumber(bits), opened = tonumber(opened), ends = ends,
          count = tonumber(said[number .. '#'] or 0)})
      end
    end
  end
  table.sort(found, function(a, b) return a.number < b.number end)
  return found
end

-- The table that is written to: the newest, or a new one where that is full or has been open for long.
local function open_table(registry, tables, life, now)
  local last = tables[#tables]
  local full = last and last.count >= FULL * 2 ^ last.bits
  local old = last and life > 0 and last.opened + life / TABLES <= now
  if last and not full and not old then return last end
  local bits = SMALLEST
  if full then
    bits = math.min(last.bits + GROWTH, 30)
  elseif old then
    while FULL * 2 ^ bits < last.count * 1.5 do bits = bits + 1 end
  end
  local ends = life > 0 and now + life + life / TABLES or math.huge
  local new = {number = last and last.number + 1 or 1, bits = bits, opened = now, ends = ends, count = 0}
  redis.call('HSET', registry, new.number, string.format('%d %.0f', bits, now))
  table.insert(tables, new)
  return new
end

-- The articles that have each feature, the oldest first: {{id, ...}, ...}
local function owners_of(registry, tables, features)
  local owners = {}
  for place, feature in ipairs(features) do
    owners[place] = {}
    for index = #tables, 1, -1 do
      local ids = redis.call('HGET', shard_of(registry, tables[index], feature), string.sub(feature, 5))
      if ids then
        for start = 1, #ids, 8 do table.insert(owners[place], hex(string.sub(ids, start, start + 7))) end
        break
      end
    end
  end
  return owners
end

-- Write down in the open table who has each feature, so that it is remembered from now on. is_known: whether an article
-- is found by another one already, as it is in its cluster.
local function remember(registry, tables, features, owners, id, is_known, life, now)
  local open, added = open_table(registry, tables, life, now), 0
  for place, feature in ipairs(features) do
    local ids, known = owners[place], false
    for _, owner in ipairs(ids) do known = known or owner == id or is_known(owner) end
    if not known then table.insert(ids, id) end
    local value = raw(table.concat(ids, '', math.max(1, #ids - MOST_OWNERS + 1)))
    local shard = shard_of(registry, open, feature)
    local new = redis.call('HSET', shard, string.sub(feature, 5), value)
    added = added + new
    if new == 1 and life > 0 and redis.call('HLEN', shard) == 1 then
      redis.call('PEXPIREAT', shard, string.format('%.0f', open.ends))
    end
  end
  if added > 0 then redis.call('HINCRBY', registry, open.number .. '#', added) end
end
