-- Entries that a feed still has, with the words that it said of them last: what claim does with those that were seen, for
-- many of them at once. An entry whose record is gone, or says something else, is left as it is.
--
-- KEYS     entry:<id>   hash   read; lives longer
--          life:<id>    list   lives longer; both once for each entry
-- ARGV     1 ms that a finished entry is remembered   2 feed   3.. hash of what the feed said, for each entry
-- Returns  1 or 0 for each entry: whether it stands as it was
local stands = {}
for place = 1, #ARGV - 2 do
  local record, life = KEYS[2 * place - 1], KEYS[2 * place]
  stands[place] = 0
  if redis.call('HGET', record, 'hash:' .. ARGV[2]) == ARGV[place + 2] then
    stands[place] = 1
    if redis.call('PTTL', record) > 0 then
      redis.call('PEXPIRE', record, ARGV[1])
      redis.call('PEXPIRE', life, ARGV[1])
    end
  end
end
return stands
