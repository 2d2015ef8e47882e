-- with: lib_life
-- A look was made. Plan the next one, or end the watch, and hand a changed page over to be processed.
--
-- An entry that was claimed or fetched anew meanwhile is left alone, and so is one that is dead: its page is compared
-- again the next time. `looked` marks that the entry is at work for a look since its last claim, see stay_published.lua.
--
-- KEYS[1]  due:watch     zset     read and written
-- KEYS[2]  watch:<id>    hash     written
-- KEYS[3]  entry:<id>    hash     read, written where the page is handed over
-- KEYS[4]  said:<id>     string   kept until the next look at least, and a day more
-- KEYS[5]  page:<id>     string   written where the page is handed over
-- KEYS[6]  due:process   zset     written where the page is handed over
-- KEYS[7]  life:<id>     list     written
-- ARGV     1 member   2 token   3 member of the entry   4 ms until the next look, or '' for none   5 times gone in a row
--          6 page or ''   7 ms that the page is kept   8 ETag   9 Last-Modified   10 hash of the body, '' for as before
--          11 what happened, for its life, or '' for nothing
-- Returns  {held, handed over}, each 1 or 0
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return {0, 0} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local handed = 0
if ARGV[6] ~= '' and redis.call('EXISTS', KEYS[4]) == 1 then
  local record = redis.call('HMGET', KEYS[3], 'step', 'outcome', 'claimed')
  if record[1] == 'done' and record[2] ~= 'dead' then
    handed = 1
    redis.call('SET', KEYS[5], ARGV[6], 'PX', ARGV[7])
    redis.call('HSET', KEYS[3], 'step', 'process', 'attempt', 0, 'looked', record[3] or '')
    redis.call('PERSIST', KEYS[3])
    redis.call('PERSIST', KEYS[7])
    redis.call('PEXPIRE', KEYS[4], ARGV[7])
    redis.call('ZADD', KEYS[6], string.format('%.0f', now), ARGV[3])
  end
end
if ARGV[11] ~= '' and redis.call('EXISTS', KEYS[7]) == 1 then tell(KEYS[7], now, ARGV[11]) end
if ARGV[4] == '' then
  -- nothing was published there yet: whatever is one day is to be watched
  if ARGV[11] == '' then redis.call('HDEL', KEYS[3], 'watched') end
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('DEL', KEYS[2])
  return {1, handed}
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[4])), ARGV[1])
redis.call('HSET', KEYS[2], 'attempt', 0, 'gone', ARGV[5])
if ARGV[10] ~= '' and (ARGV[6] == '' or handed == 1) then
  redis.call('HSET', KEYS[2], 'etag', ARGV[8], 'last_modified', ARGV[9], 'body_hash', ARGV[10])
end
local kept, left = tonumber(ARGV[4]) + 86400000, redis.call('PTTL', KEYS[4])
if left > 0 and left < kept then redis.call('PEXPIRE', KEYS[4], string.format('%.0f', kept)) end
return {1, handed}
