-- Fingerprints: feature -> the articles that have it, the last few that are in different clusters. They live in numbered
-- tables, each cut into so many shards that a shard stays a compact list; a table that is full or old is closed and the
-- next one, of the right size, is opened. Closed ones are looked into until their age is up. So an article's thirty
-- features cost half a kilobyte, whatever their number.
--
--   fingerprints:<version>                    hash   <number> = "<bits> <ms when opened>", <number># = entries
--   fingerprints:<version>:<number>:<shard>   hash   last 4 bytes of a feature -> articles' ids, 8 bytes each
--
-- A feature is 8 bytes: the first four choose one of 2^bits shards. A shard costs a hundred bytes for being there, and a
-- hundredth of a microsecond at each look for every entry; a table costs two microseconds a feature. So the first table
-- is large enough for most, and each that is full is followed by one of eight times its size, as one of sixteen times
-- would be too many empty shards. (bench/fingerprints.py measures all this.)
local SMALLEST, GROWTH, FULL, TABLES, MOST_OWNERS = 12, 3, 96, 3, 8

local function raw(id)
  return struct.pack('>I4I4', tonumber(string.sub(id, 1, 8), 16), tonumber(string.sub(id, 9), 16))
end

local function hex(bytes)
  return string.format('%08x%08x', struct.unpack('>I4I4', bytes))
end

local function table_of(registry, number, bits, opened, ends, count)
  return {number = number, bits = bits, opened = opened, ends = ends, count = count,
    shards = 2 ^ bits, prefix = registry .. ':' .. number .. ':'}
end

local function shard_of(each, feature)
  return string.format('%s%d', each.prefix, struct.unpack('>I4', feature) % each.shards)
end

-- The tables whose age is not up, the newest last. life: ms that a feature is remembered after it was last seen; 0: for
-- good.
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
        local count = tonumber(said[number .. '#'] or 0)
        table.insert(found, table_of(registry, tonumber(number), tonumber(bits), tonumber(opened), ends, count))
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
  local new = table_of(registry, last and last.number + 1 or 1, bits, now, ends, 0)
  redis.call('HSET', registry, new.number, string.format('%d %.0f', bits, now))
  table.insert(tables, new)
  return new
end

-- The articles that have each feature, the oldest first: {{id, ...}, ...}
local function owners_of(tables, features)
  local owners = {}
  for place, feature in ipairs(features) do
    local ids, field = {}, string.sub(feature, 5)
    for index = #tables, 1, -1 do
      local found = redis.call('HGET', shard_of(tables[index], feature), field)
      if found then
        for start = 1, #found, 8 do table.insert(ids, hex(string.sub(found, start, start + 7))) end
        break
      end
    end
    owners[place] = ids
  end
  return owners
end

-- Write down in the open table who has each feature, so that it is remembered from now on. is_known: whether an article
-- is found by another one already, as it is in its cluster.
local function remember(registry, tables, features, owners, id, is_known, life, now)
  local open, added = open_table(registry, tables, life, now), 0
  local known, bytes = {[id] = true}, {[id] = raw(id)}
  for place, feature in ipairs(features) do
    local ids, found, value = owners[place], false, {}
    for _, owner in ipairs(ids) do
      if known[owner] == nil then known[owner], bytes[owner] = is_known(owner) or false, raw(owner) end
      found = found or known[owner]
    end
    if not found then table.insert(ids, id) end
    for at = math.max(1, #ids - MOST_OWNERS + 1), #ids do table.insert(value, bytes[ids[at]]) end
    local shard = shard_of(open, feature)
    local new = redis.call('HSET', shard, string.sub(feature, 5), table.concat(value))
    added = added + new
    if new == 1 and life > 0 and redis.call('HLEN', shard) == 1 then
      redis.call('PEXPIREAT', shard, string.format('%.0f', open.ends))
    end
  end
  if added > 0 then redis.call('HINCRBY', registry, open.number .. '#', added) end
end
