-- with: lib_life lib_pace lib_addresses
-- Claim an entry: is it new, changed or seen? New and changed ones are written down and put into `due` in the same step.
-- So is an address that is new for an entry that is known, as its feed says the same words under the same guid: it is one
-- more address of that entry's article. A known address that another feed names for the first time is seen: the two feeds'
-- words differ, the article does not; but where this one carries more of the text than was known, that is kept, and what
-- is dead for want of a text is claimed anew. What a person dropped before anything of it was published stays seen for
-- every feed.
--
-- KEYS[1]  entry:<id>    hash     read and written
-- KEYS[2]  said:<id>     string   written
-- KEYS[3]  page:<id>     string   written where the page comes along (an import)
-- KEYS[4]  host:<host>   string   read and written: the host's next free slot
-- KEYS[5]  due:fetch     zset     written
-- KEYS[6]  due:process   zset     written
-- KEYS[7]  dead          zset     written: what is claimed anew is no longer dead
-- KEYS[8]  life:<id>     list     written, but not where a feed names again what it named before
-- KEYS[9]  pace:<host>   hash     read
-- ARGV     1 member   2 url   3 source   4 feed   5 hash of what the feed said   6 said   7 page or ''
--          8 step: fetch | process   9 delay between two pages of the host in ms   10 ms that said and page are kept
--          11 ms that a finished entry is remembered   12 '' | 'new words' | 'always': what makes a known one changed
--          13 feed and title, for its life   14 id of the entry that it may be at a new address, or ''
--          15 prefix of all keys: that entry and its article are found on the way   16 the hub that told of it, or ''
--          17 how much the feed said: 2 the whole text, 1 something about the article, 0 little but the address
-- Returns  new | changed | seen
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local known = redis.call('HMGET', KEYS[1], 'url', 'hash:' .. ARGV[4], 'dropped', 'article', 'outcome', 'step', 'fullness')
local verdict = 'new'
if known[1] then
  verdict = 'changed'
  local fuller = not known[2] and not known[3] and tonumber(ARGV[17]) > tonumber(known[7] or 0)
  local same = known[2] == ARGV[5] or ARGV[12] == '' and (not known[2] or known[3] and not known[4])
  if fuller and known[5] == 'dead' and ARGV[17] == '2' then same = false end
  if same and ARGV[12] ~= 'always' then
    if fuller and known[6] ~= 'done' and known[5] ~= 'dead' then
      redis.call('SET', KEYS[2], ARGV[6], 'PX', ARGV[10])
      redis.call('HSET', KEYS[1], 'fullness', ARGV[17])
    end
    redis.call('HSET', KEYS[1], 'hash:' .. ARGV[4], ARGV[5])
    if not known[2] then tell(KEYS[8], now_ms(), 'named ' .. ARGV[13]) end
    if redis.call('PTTL', KEYS[1]) > 0 then
      redis.call('PEXPIRE', KEYS[1], ARGV[11])
      redis.call('PEXPIRE', KEYS[8], ARGV[11])
    end
    return 'seen'
  end
end

local now = now_ms()
if not known[1] and ARGV[14] ~= '' then
  local other = redis.call('HMGET', ARGV[15] .. 'entry:' .. ARGV[14], 'step', 'article')
  -- one that is retracted may be back there
  if other[1] == 'done' and other[2] and redis.call('HEXISTS', ARGV[15] .. 'identity:' .. other[2], 'retracted') == 0 then
    redis.call('HSET', KEYS[1], 'url', ARGV[2], 'source', ARGV[3], 'feed', ARGV[4], 'hash:' .. ARGV[4], ARGV[5],
      'step', 'done', 'attempt', 0, 'claimed', string.format('%.0f', now), 'outcome', 'duplicate', 'article', other[2])
    add_addresses(ARGV[15], other[2], {ARGV[2]})
    tell(KEYS[8], now, 'new ' .. ARGV[13])
    tell(KEYS[8], now, 'duplicate ' .. other[2] .. ' guid')
    redis.call('PEXPIRE', KEYS[1], ARGV[11])
    redis.call('PEXPIRE', KEYS[8], ARGV[11])
    return 'seen'
  end
end
redis.call('HSET', KEYS[1], 'url', ARGV[2], 'source', ARGV[3], 'feed', ARGV[4], 'hash:' .. ARGV[4], ARGV[5],
  'step', ARGV[8], 'attempt', 0, 'claimed', string.format('%.0f', now), 'fullness', ARGV[17])
redis.call('HDEL', KEYS[1], 'error', 'outcome', 'refetched', 'dropped', 'turn')
redis.call('PERSIST', KEYS[1])
tell(KEYS[8], now, verdict .. ' ' .. ARGV[13])
if ARGV[16] ~= '' then tell(KEYS[8], now, 'announced ' .. ARGV[16]) end
if verdict == 'changed' then redis.call('PERSIST', KEYS[8]) end
redis.call('SET', KEYS[2], ARGV[6], 'PX', ARGV[10])
if ARGV[7] ~= '' then redis.call('SET', KEYS[3], ARGV[7], 'PX', ARGV[10]) end
redis.call('ZREM', KEYS[7], ARGV[1])
if ARGV[8] == 'process' then
  redis.call('ZREM', KEYS[5], ARGV[1])
  redis.call('ZADD', KEYS[6], string.format('%.0f', now), ARGV[1])
  return verdict
end
local slot = math.max(now, tonumber(redis.call('GET', KEYS[4]) or 0))
local delay = pace(KEYS[9], ARGV[9])
if delay > 0 then set_until(KEYS[4], slot + delay, now) end
redis.call('ZREM', KEYS[6], ARGV[1])
redis.call('ZADD', KEYS[5], string.format('%.0f', slot), ARGV[1])
return verdict
