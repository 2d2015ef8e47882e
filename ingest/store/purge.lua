-- with: lib_life
-- Purge an article: its text and revisions go, a tombstone stays, so that it does not come back as new. Its cluster stays
-- until the last article of it was purged.
--
-- KEYS[1]  revised               zset     read and written
-- KEYS[2]  article:<id>          string   deleted
-- KEYS[3]  revisions:<id>        hash     deleted
-- KEYS[4]  articles              zset     written
-- KEYS[5]  articles:<source>     zset     written
-- KEYS[6]  identity:<id>         hash     its time to live is set
-- KEYS[7]  addresses:<id>        set      its time to live is set
-- KEYS[8]  links:<id>            hash     its time to live is set
-- ARGV     1 id   2 ms: only what was last revised before   3 ms that the tombstone is kept, 0 for ever
--          4 prefix of all keys: the cluster and the life of its address are found on the way
-- Returns  1, or 0 where it was revised since
local revised = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not revised or tonumber(revised) >= tonumber(ARGV[2]) then return 0 end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[5], ARGV[1])
local life = ARGV[4] .. 'life:' .. (redis.call('HGET', KEYS[6], 'owner') or ARGV[1])
if redis.call('EXISTS', life) == 1 then
  local time = redis.call('TIME')
  tell(life, time[1] * 1000 + math.floor(time[2] / 1000), 'purged')
end
if tonumber(ARGV[3]) == 0 then return 1 end
for index = 6, 8 do redis.call('PEXPIRE', KEYS[index], ARGV[3]) end
local cluster = redis.call('HGET', KEYS[6], 'cluster')
if not cluster then return 1 end
for _, member in ipairs(redis.call('ZRANGE', ARGV[4] .. 'cluster:' .. cluster, 0, -1)) do
  if redis.call('EXISTS', ARGV[4] .. 'article:' .. member) == 1 then return 1 end
end
redis.call('PEXPIRE', ARGV[4] .. 'cluster:' .. cluster, ARGV[3])
return 1
