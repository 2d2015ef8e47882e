-- Purge an article: its text and revisions go, a tombstone stays, so that it does not come back as new.
--
-- KEYS[1]  revised               zset     read and written
-- KEYS[2]  article:<id>          string   deleted
-- KEYS[3]  revisions:<id>        hash     deleted
-- KEYS[4]  articles              zset     written
-- KEYS[5]  articles:<source>     zset     written
-- KEYS[6]  identity:<id>         hash     its time to live is set
-- KEYS[7]  fingerprint:<value>   string   its time to live is set
-- ARGV     1 id   2 ms: only what was last revised before   3 ms that the tombstone is kept, 0 for ever
-- Returns  1, or 0 where it was revised since
local revised = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not revised or tonumber(revised) >= tonumber(ARGV[2]) then return 0 end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[5], ARGV[1])
if tonumber(ARGV[3]) > 0 then
  redis.call('PEXPIRE', KEYS[6], ARGV[3])
  redis.call('PEXPIRE', KEYS[7], ARGV[3])
end
return 1
