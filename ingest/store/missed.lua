-- How many entries did retention drop before the group had read them? They are counted as read from then on, so each gap
-- is told once, to one consumer.
--
-- KEYS[1]  queue:<name>   stream   read; the group's place is moved past the gap
-- ARGV     1 group
-- Returns  {0} or {how many, id of the last entry given to the group, id of the newest entry dropped}
local function fields_of(flat)
  local fields = {}
  for index = 1, #flat, 2 do fields[flat[index]] = flat[index + 1] end
  return fields
end

local function before(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  if seq ~= '0' then return ms .. '-' .. string.format('%.0f', tonumber(seq) - 1) end
  return string.format('%.0f', tonumber(ms) - 1) .. '-18446744073709551615'
end

local stream = fields_of(redis.call('XINFO', 'STREAM', KEYS[1]))
local dropped = stream['entries-added'] - stream.length
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = fields_of(flat)
  if group.name == ARGV[1] and group['entries-read'] and dropped > group['entries-read'] then
    local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
    local newest = first and before(first[1]) or stream['last-generated-id']
    redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], newest, 'ENTRIESREAD', dropped)
    return {dropped - group['entries-read'], group['last-delivered-id'], newest}
  end
end
return {0}
