-- Create a group at a place of its queue, or move one there, with the count of entries that it has behind it: by that
-- count it is known later how many it missed.
--
-- KEYS[1]  queue:<name>   stream   read, created where it is not there
-- ARGV     1 group   2 id after which it reads, "0" or "$"   3 create | move
-- Returns  1, or 0 where the group to be created is there, or the one to be moved is not
local exists, there = redis.call('EXISTS', KEYS[1]) == 1, false
for _, flat in ipairs(exists and redis.call('XINFO', 'GROUPS', KEYS[1]) or {}) do
  for index = 1, #flat, 2 do
    if flat[index] == 'name' and flat[index + 1] == ARGV[1] then there = true end
  end
end
if there == (ARGV[3] == 'create') then return 0 end

local stream = {['entries-added'] = 0, ['last-generated-id'] = '0-0', length = 0}
local flat = exists and redis.call('XINFO', 'STREAM', KEYS[1]) or {}
for index = 1, #flat, 2 do stream[flat[index]] = flat[index + 1] end

local function count_after(id)
  local count = 0
  while true do
    local entries = redis.call('XRANGE', KEYS[1], '(' .. id, '+', 'COUNT', 1000)
    if #entries == 0 then return count end
    count, id = count + #entries, entries[#entries][1]
  end
end

local id = ARGV[2] == '$' and stream['last-generated-id'] or ARGV[2]
local ahead = stream.length
if ARGV[2] == '$' then ahead = 0 elseif id ~= '0' and id ~= '0-0' and exists then ahead = count_after(id) end
local read = string.format('%.0f', stream['entries-added'] - ahead)
if there then
  redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], id, 'ENTRIESREAD', read)
else
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], id, 'MKSTREAM', 'ENTRIESREAD', read)
end
return 1
