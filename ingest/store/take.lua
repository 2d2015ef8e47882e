-- Take a consumer's next batch of a queue: what is to be delivered again, then what consumers left lying, then what is
-- new. Only names are told: the articles are read without a script, which would copy each of them twice more.
--
-- KEYS[1]  queue:<name>               stream   read as the group
-- KEYS[2]  later:<queue>:<group>      zset     due deliveries are leased: their score moves on by ARGV[4]
-- KEYS[3]  failures:<queue>:<group>   hash     <delivery> its failures, <delivery>|why the last reason,
--                                              <delivery>|since ms of the first one,
--                                              <delivery>|held who has it while it is leased from `later`
-- KEYS[4]  dead:<queue>:<group>       zset     written with what was left lying too often
-- ARGV     1 group   2 consumer   3 how many at most   4 ms after which a delivery is taken from a silent consumer
--          5 failures after which a delivery is dead   6 ms since its first failure after which it is dead
--          7 what comes first: `again`, or `new`; `gaps` for nothing of both
--          8 1: look for what was left lying, else 0
-- A delivery is written `<entry>|<id>|<revision>|<event>`. One that failed before comes alone, so that an article which
-- kills its consumer takes no others with it.
-- Entries that retention dropped unread, or out of somebody's hands, are found before anything is read. They become
-- `<after>|<until>|<how many>|gap` in `later`, ahead of all others and without any: so a gap is told exactly, and is not
-- forgotten when the consumer that is told dies.
-- Returns  {id of the last entry given to the group, ms until something in `later` is due or -1,
--           {delivery, 1 where it is delivered again, failures}, ...}
local group, consumer, most, idle = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local batch, alone, last = {}, false, '0-0'

local function int(number) return string.format('%.0f', number) end

local function fields_of(flat)
  local fields = {}
  for index = 1, #flat, 2 do fields[flat[index]] = flat[index + 1] end
  return fields
end

-- commit.lua and fill.lua write an entry's fields in this order. What anybody else wrote is an article that is not there.
local function delivery_of(entry)
  local fields = entry[2]
  return table.concat({entry[1], fields[2] or '', fields[4] or '', fields[6] or ''}, '|')
end

-- ── what was missed ──

local function before(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  if seq ~= '0' then return ms .. '-' .. int(tonumber(seq) - 1) end
  return int(tonumber(ms) - 1) .. '-18446744073709551615'
end

local function count_after(id)
  local count = 0
  while true do
    local entries = redis.call('XRANGE', KEYS[1], '(' .. id, '+', 'COUNT', 1000)
    if #entries == 0 then return count end
    count, id = count + #entries, entries[#entries][1]
  end
end

local function put_gap(after, until_, count)
  redis.call('ZADD', KEYS[2], 0, table.concat({after, until_, int(count), 'gap'}, '|'))
end

local function look_for_gap()
  local stream = fields_of(redis.call('XINFO', 'STREAM', KEYS[1]))
  local state
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local each = fields_of(flat)
    if each.name == group then state = each end
  end
  if not state then return end
  last = state['last-delivered-id']
  local added, dropped, read = stream['entries-added'], stream['entries-added'] - stream.length, state['entries-read']
  if not read then -- a plain XGROUP CREATE leaves the store without a count
    read = last == '0-0' and 0 or added - count_after(last)
    redis.call('XGROUP', 'SETID', KEYS[1], group, last, 'ENTRIESREAD', int(read))
  end
  if dropped > read then
    local first = stream['first-entry']
    local newest = first and before(first[1]) or stream['last-generated-id']
    put_gap(last, newest, dropped - read)
    redis.call('XGROUP', 'SETID', KEYS[1], group, newest, 'ENTRIESREAD', int(dropped))
    last = newest
  end
end

-- ── the three kinds, each until the batch is full or has one that must be alone in it ──

local function failed(delivery, reason)
  redis.call('HSETNX', KEYS[3], delivery .. '|since', int(now))
  local failing = now - tonumber(redis.call('HGET', KEYS[3], delivery .. '|since'))
  local failures = redis.call('HINCRBY', KEYS[3], delivery, 1)
  if failures < tonumber(ARGV[5]) and failing < tonumber(ARGV[6]) then return failures, false end
  redis.call('HSET', KEYS[3], delivery .. '|why', reason)
  redis.call('HDEL', KEYS[3], delivery .. '|held')
  redis.call('ZREM', KEYS[2], delivery)
  redis.call('ZADD', KEYS[4], int(now), delivery)
  return failures, true
end

local function add(again, failures, delivery) table.insert(batch, {delivery, again, failures}) end

local function left_by(who) return who .. ' ended, or was silent for too long, without an answer' end

local function add_again()
  local gaps = false
  for _, delivery in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', int(now), 'LIMIT', 0, most)) do
    if string.match(delivery, '|gap$') then
      if not gaps and #batch > 0 then return end
      gaps, alone = true, true
      redis.call('ZADD', KEYS[2], int(now + tonumber(idle)), delivery)
      add(1, 0, delivery)
    elseif gaps then
      return
    else
      local failures = tonumber(redis.call('HGET', KEYS[3], delivery) or 0)
      local holder, dead = redis.call('HGET', KEYS[3], delivery .. '|held'), false
      if (failures > 0 or holder) and #batch > 0 then return end
      if holder then failures, dead = failed(delivery, left_by(holder)) end
      if not dead then
        alone = failures > 0
        redis.call('ZADD', KEYS[2], int(now + tonumber(idle)), delivery)
        redis.call('HSET', KEYS[3], delivery .. '|held', consumer)
        add(1, failures, delivery)
        if alone then return end
      end
    end
  end
end

-- Of an entry that was dropped, its number alone is left; what is known of its failures is found by that.
local function lose(entry)
  redis.call('XACK', KEYS[1], group, entry)
  put_gap(entry, entry, 1)
  for _, field in ipairs(redis.call('HKEYS', KEYS[3])) do
    if string.sub(field, 1, #entry + 1) == entry .. '|' then redis.call('HDEL', KEYS[3], field) end
  end
end

local function add_left_lying()
  if ARGV[8] ~= '1' or #batch > 0 then return end
  for _, pending in ipairs(redis.call('XPENDING', KEYS[1], group, 'IDLE', idle, '-', '+', most)) do
    local entry = redis.call('XCLAIM', KEYS[1], group, consumer, 0, pending[1])[1]
    if not entry or not entry[2] then
      lose(pending[1])
    else
      local delivery = delivery_of(entry)
      local failures, dead = failed(delivery, left_by(pending[2]))
      if dead then
        redis.call('XACK', KEYS[1], group, pending[1])
      else
        alone = true
        return add(1, failures, delivery)
      end
    end
  end
end

local function add_new()
  if alone or #batch >= most then return end
  local answer = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', most - #batch, 'STREAMS', KEYS[1], '>')
  for _, entry in ipairs(answer and answer[1][2] or {}) do add(0, 0, delivery_of(entry)) end
end

look_for_gap()
if ARGV[7] == 'new' then add_new() end
if ARGV[7] ~= 'gaps' and #batch == 0 then
  add_again()
  add_left_lying()
end
if ARGV[7] == 'again' then add_new() end

local soonest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
table.insert(batch, 1, soonest and math.max(0, tonumber(soonest) - now) or -1)
table.insert(batch, 1, last)
return batch
