-- Commit an article: publish it, or say why not, and take its entry out of `due`. All or nothing, once.
--
-- KEYS[1]  due:process           zset     read and written
-- KEYS[2]  entry:<id>            hash     read and written
-- KEYS[3]  article:<id>          string   written
-- KEYS[4]  identity:<id>         hash     read and written
-- KEYS[5]  fingerprint:<value>   string   read, written where unset
-- KEYS[6]  articles              zset     written
-- KEYS[7]  articles:<source>     zset     written
-- KEYS[8]  day:<source>:<date>   hash     counted up
-- KEYS[9]  revised               zset     written
-- KEYS[10] revisions:<id>        hash     the revision that this one replaces is moved there
-- KEYS[11] baseline:<source>     string   written, where ARGV[16] has one
-- KEYS[12..] queue:<name>        stream   one entry each
-- ARGV     1 member   2 token   3 article id   4 revision   5 content hash   6 fingerprint or ''   7 article JSON
--          8 sorted in ms   9 ms that a finished entry is remembered   10 revisions kept
--          11 source   12 url   13 title   14 language   15 published   16 figures or ''
--          17.. the length of each queue
-- An article keeps the place in `articles` that it got when it was created, so that pages of a listing do not shift.
-- An entry owns the article that it published, and the one at its own address. Any other entry of that article (AMP,
-- mobile, a section's copy) is a duplicate, even where its words differ a little: else two such addresses would publish
-- revisions in turn.
-- Returns  {stale}                 the lease is no longer held: somebody else does or did this
--          {conflict, revision}    the article's revision is another than ARGV[4] - 1: read it and come again
--          {unchanged, id} | {duplicate, id of the first} | {created, id} | {updated, id}
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return {'stale'} end

local function finish(outcome, id)
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HSET', KEYS[2], 'step', 'done', 'outcome', outcome, 'article', id)
  redis.call('HDEL', KEYS[2], 'error', 'attempt', 'refetched')
  if outcome ~= 'duplicate' then redis.call('HSET', KEYS[2], 'owns', id) end
  redis.call('PEXPIRE', KEYS[2], ARGV[9])
  redis.call('HINCRBY', KEYS[8], outcome, 1)
  redis.call('EXPIRE', KEYS[8], 3456000)
  if ARGV[16] ~= '' then redis.call('SET', KEYS[11], ARGV[16], 'PX', ARGV[9]) end
  return {outcome, id}
end

local known = redis.call('HMGET', KEYS[4], 'revision', 'content')
local revision = tonumber(known[1] or 0)
local own = ARGV[1] == 'entry:' .. ARGV[3] or redis.call('HGET', KEYS[2], 'owns') == ARGV[3]
if revision > 0 and not own then return finish('duplicate', ARGV[3]) end
if revision > 0 and known[2] == ARGV[5] then return finish('unchanged', ARGV[3]) end
local first = ARGV[6] ~= '' and redis.call('GET', KEYS[5])
if revision == 0 and first and first ~= ARGV[3] then return finish('duplicate', first) end
if revision + 1 ~= tonumber(ARGV[4]) then return {'conflict', known[1] or '0'} end

local time = redis.call('TIME')
local before = revision > 0 and redis.call('GET', KEYS[3])
if before then
  redis.call('HSET', KEYS[10], revision, before)
  redis.call('HDEL', KEYS[10], revision - tonumber(ARGV[10]))
end
redis.call('SET', KEYS[3], ARGV[7])
redis.call('HSET', KEYS[4], 'revision', ARGV[4], 'content', ARGV[5], 'fingerprint', ARGV[6], 'source', ARGV[11])
redis.call('PERSIST', KEYS[4])
if ARGV[6] ~= '' then
  redis.call('SET', KEYS[5], ARGV[3], 'NX')
  redis.call('PERSIST', KEYS[5])
end
redis.call('ZADD', KEYS[6], 'NX', ARGV[8], ARGV[3])
redis.call('ZADD', KEYS[7], 'NX', ARGV[8], ARGV[3])
redis.call('ZADD', KEYS[9], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), ARGV[3])
local event = revision == 0 and 'created' or 'updated'
for index = 12, #KEYS do
  redis.call('XADD', KEYS[index], 'MAXLEN', '~', ARGV[index + 5], '*', 'id', ARGV[3], 'revision', ARGV[4],
    'event', event, 'source', ARGV[11], 'url', ARGV[12], 'title', ARGV[13], 'language', ARGV[14],
    'published', ARGV[15])
end
return finish(event, ARGV[3])
