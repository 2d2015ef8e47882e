-- with: lib_life lib_publishing
-- The page is gone for good: publish the article once more, as retracted, and plan the next look or end the watch.
--
-- KEYS[1]  due:watch             zset     read and written
-- KEYS[2]  watch:<id>            hash     written: the next look asks without validators, for the page that is back
-- KEYS[3]  entry:<id>            hash     read, written where the entry is done
-- KEYS[4]  article:<id>          string   read and written
-- KEYS[5]  identity:<id>         hash     read and written: whatever text comes next is a revision
-- KEYS[6]  revised               zset     written
-- KEYS[7]  revisions:<id>        hash     the revision that this one replaces is moved there
-- KEYS[8]  day:<source>:<date>   hash     `retracted` counted up
-- KEYS[9]  life:<entry id>       list     written
-- KEYS[10] due:process           zset     a revision that waited there to be published is not published any more
-- KEYS[11..] queue:<name>        stream   one entry each
-- ARGV     1 member   2 token   3 ms until the next look, or '' for none   4 article id   5 revision   6 article JSON
--          7 revisions kept   8 source   9 url   10 title   11 language   12 published   13 member of the entry
--          14.. the length of each queue
-- Returns  lost | conflict (its revision is another than ARGV[5] - 1, or its text is no longer kept) | retracted
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return 'lost' end
local revision = tonumber(redis.call('HGET', KEYS[5], 'revision') or 0)
if revision + 1 ~= tonumber(ARGV[5]) or redis.call('EXISTS', KEYS[4]) == 0 then return 'conflict' end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
replace(KEYS[4], KEYS[7], revision, ARGV[6], tonumber(ARGV[7]))
redis.call('HSET', KEYS[5], 'revision', ARGV[5], 'retracted', string.format('%.0f', now))
redis.call('ZADD', KEYS[6], string.format('%.0f', now), ARGV[4])
redis.call('HINCRBY', KEYS[8], 'retracted', 1)
redis.call('EXPIRE', KEYS[8], 3456000)
for index = 11, #KEYS do
  put_into(KEYS[index], ARGV[index + 3], ARGV[4], ARGV[5], 'retracted', unpack(ARGV, 8, 12))
end
if redis.call('HGET', KEYS[3], 'step') == 'done' then
  redis.call('HSET', KEYS[3], 'outcome', 'retracted')
  redis.call('ZREM', KEYS[10], ARGV[13])
end
if redis.call('EXISTS', KEYS[9]) == 1 then tell(KEYS[9], now, 'retracted ' .. ARGV[5]) end
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('DEL', KEYS[2])
else
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[3])), ARGV[1])
  redis.call('HSET', KEYS[2], 'attempt', 0, 'gone', 0)
  redis.call('HDEL', KEYS[2], 'etag', 'last_modified', 'body_hash')
end
return 'retracted'
