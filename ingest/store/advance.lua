-- with: lib_life
-- The page is here: keep its bytes and move the entry from the fetch step to the process step.
--
-- A look at the page is planned now, so that no crash after this one loses it; where nothing comes of the page, the look
-- finds no article and ends. An entry is watched once: `watched`. A page that is watched already is here anew: the next
-- look compares with this one.
--
-- KEYS[1]  due:fetch     zset     read and written
-- KEYS[2]  due:process   zset     written
-- KEYS[3]  entry:<id>    hash     read and written
-- KEYS[4]  page:<id>     string   written where there is a page
-- KEYS[5]  life:<id>     list     written
-- KEYS[6]  due:watch     zset     written where a look is planned
-- KEYS[7]  watch:<id>    hash     read, written where a look is planned
-- KEYS[8]  said:<id>     string   kept until that look at least, and a day more
-- ARGV     1 member   2 token   3 page or ''   4 ms that the page is kept   5 how it came here, for its life
--          6 member of the look   7 ms until the first look, or '' for none   8 ETag   9 Last-Modified
--          10 hash of the body
-- Returns  1, or 0 when the lease is no longer held
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then
  redis.call('DEL', KEYS[4])
else
  redis.call('SET', KEYS[4], ARGV[3], 'PX', ARGV[4])
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local record = redis.call('HMGET', KEYS[3], 'source', 'watched')
local watched = redis.call('EXISTS', KEYS[7]) == 1
if ARGV[7] ~= '' and (watched or not record[2]) then
  if not watched then
    redis.call('HSET', KEYS[3], 'watched', 1)
    redis.call('HSET', KEYS[7], 'source', record[1] or '', 'since', string.format('%.0f', now))
    redis.call('ZADD', KEYS[6], string.format('%.0f', now + tonumber(ARGV[7])), ARGV[6])
    local kept = tonumber(ARGV[7]) + 86400000
    if redis.call('PTTL', KEYS[8]) < kept then redis.call('PEXPIRE', KEYS[8], string.format('%.0f', kept)) end
  end
  redis.call('HSET', KEYS[7], 'etag', ARGV[8], 'last_modified', ARGV[9], 'body_hash', ARGV[10], 'gone', 0)
end
redis.call('HSET', KEYS[3], 'step', 'process', 'attempt', 0)
redis.call('HDEL', KEYS[3], 'error')
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], string.format('%.0f', now), ARGV[1])
tell(KEYS[5], now, ARGV[5])
return 1
