-- with: lib_life lib_publishing lib_addresses lib_fingerprints lib_clusters
-- Commit an article: publish it, or say why not, and take its entry out of `due`. All or nothing, once.
--
-- KEYS[1]  due:process           zset     read and written
-- KEYS[2]  entry:<id>            hash     written, and that of the owner before
-- KEYS[3]  article:<id>          string   written
-- KEYS[4]  identity:<id>         hash     read and written
-- KEYS[5]  articles              zset     written
-- KEYS[6]  articles:<source>     zset     written
-- KEYS[7]  day:<source>:<date>   hash     counted up
-- KEYS[8]  revised               zset     written
-- KEYS[9]  revisions:<id>        hash     the revision that this one replaces is moved there
-- KEYS[10] baseline:<source>     string   written, where ARGV[10] has one
-- KEYS[11] fingerprints          hash     read and written, with its shards, see lib_fingerprints.lua
-- KEYS[12] addresses:<id>        set      written: addresses of the article that came after it
-- KEYS[13..] queue:<name>        stream   one entry each
-- ARGV     1 member   2 token   3 article id   4 revision   5 content hash   6 article JSON
--          7 sorted in ms   8 ms that a finished entry is remembered   9 source   10 figures or ''
--          11 prefix of all keys   12 JSON of what else is to be known:
--               queues {{name, length, duplicates}, ...}   addresses {url, ...}   told {url, title, language, published}
--               minima: how many of ARGV[14..] are such   life: ms that fingerprints are kept
--               revisions: how many are kept   guid: what the feed calls it
--               judged {id = {kind, revision}, ...}, see below
--               moved: true where the entry is known to be this article at a new address
--               settled: the revision against which the caller saw no change that is to be published, as: the outcome
--               then, `unchanged` or `quietened`   again: ms until one that is quietened may be, where it ever may
--          13 article JSON that names what it is a copy of, for where it comes into a cluster, or ''
--          14.. features of the text, the minima first
-- Keys of other articles (identity, links, cluster) and life:<id> are found on the way, so all keys must be in one slot on
-- a Cluster.
--
-- An article keeps the place in `articles` that it got when it was created, so that pages of a listing do not shift.
-- One entry at a time owns an article and may revise it: the one that published it, until one comes at its own address or
-- it moves, when its old address has no more say. Any other entry of it (AMP, mobile, a section's copy) is a duplicate,
-- even where its words differ a little: else two such addresses would publish revisions in turn.
--
-- Articles that share fingerprints with this one are candidates. The caller reads them, and comes again with what each is:
-- `same` or `part` (a copy, see lib_clusters.lua), `duplicate` (this very article) or '' (neither), at which revision of it.
-- Returns  {stale}                     the lease is no longer held: somebody else does or did this
--          {conflict, revision}        the article's revision is another than ARGV[4] - 1: read it and come again
--          {candidates, id, minima, paragraphs in common, cluster, revision, ...}   judge these and come again
--          {unchanged, id} | {quietened, id} | {duplicate, id of the first} | {created, id} | {copy, id} | {updated, id}
--
-- identity:<id> counts `changes` in a row, published or not; what is found unchanged ends the row (see revising.py). An
-- entry whose change was quietened for a time is done, and yet in `due` for when it may be published: its page is kept
-- until then, and a day more.
local id, source, prefix = ARGV[3], ARGV[9], ARGV[11]
local also = cjson.decode(ARGV[12])
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return {'stale'} end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local entry = string.match(ARGV[1], ':(.*)$')

local function finish(outcome, article, words)
  local life = prefix .. 'life:' .. entry
  tell(life, now, words and outcome .. ' ' .. words or outcome)
  redis.call('PEXPIRE', life, ARGV[8])
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HSET', KEYS[2], 'step', 'done', 'outcome', outcome, 'article', article)
  redis.call('HDEL', KEYS[2], 'error', 'attempt', 'refetched')
  redis.call('PEXPIRE', KEYS[2], ARGV[8])
  redis.call('HINCRBY', KEYS[7], outcome, 1)
  redis.call('EXPIRE', KEYS[7], 3456000)
  if ARGV[10] ~= '' then redis.call('SET', KEYS[10], ARGV[10], 'PX', ARGV[8]) end
  return {outcome, article}
end

local function duplicate_of(article, reason)
  redis.call('HDEL', KEYS[2], 'owns')
  add_addresses(prefix, article, also.addresses)
  return finish('duplicate', article, article .. ' ' .. reason)
end

local known = redis.call('HMGET', KEYS[4], 'revision', 'content', 'owner', 'retracted', 'queues', 'moved')

local function take_over()
  local owner = known[3]
  if owner and owner ~= entry then redis.call('HDEL', prefix .. 'entry:' .. owner, 'owns') end
  redis.call('HSET', KEYS[4], 'owner', entry)
  redis.call('HSET', KEYS[2], 'owns', id)
  if also.moved then redis.call('HSET', KEYS[4], 'moved', 1) end
end

local revision = tonumber(known[1] or 0)
local own = also.moved or known[3] == entry or entry == id and not known[6]
if revision > 0 then
  if not own then return duplicate_of(id, 'address') end
  if known[2] == ARGV[5] and not known[4] then also.settled, also.as = revision, 'unchanged' end
  if also.settled == revision then
    take_over()
    if also.moved then add_addresses(prefix, id, also.addresses) end
    if also.as == 'unchanged' then
      redis.call('HSET', KEYS[4], 'content', ARGV[5])
      redis.call('HDEL', KEYS[4], 'changes')
      return finish(also.as, id, also.moved and 'moved')
    end
    redis.call('HINCRBY', KEYS[4], 'changes', 1)
    local finished = finish(also.as, id, also.again and string.format('%.0f', also.again / 1000))
    if also.again then
      -- as after a look: should it fail then, the article stays as it is (stay_published.lua)
      redis.call('HSET', KEYS[2], 'looked', redis.call('HGET', KEYS[2], 'claimed') or '')
      redis.call('ZADD', KEYS[1], string.format('%.0f', now + also.again), ARGV[1])
      local kept = also.again + 86400000
      for _, key in ipairs({prefix .. 'page:' .. entry, prefix .. 'said:' .. entry}) do
        local left = redis.call('PTTL', key)
        if left > 0 and left < kept then redis.call('PEXPIRE', key, string.format('%.0f', kept)) end
      end
    end
    return finished
  end
end
if revision + 1 ~= tonumber(ARGV[4]) then return {'conflict', known[1] or '0'} end

-- ── who has the same words ──

local tables = tables_of(KEYS[11], also.life, now)
local features = {unpack(ARGV, 14)}
local owners = owners_of(tables, features)

local function revision_of(other) return redis.call('HGET', prefix .. 'identity:' .. other, 'revision') or '0' end

for other, verdict in pairs(also.judged) do -- the text that was read may be another one by now
  if revision_of(other) ~= tostring(verdict[2]) then also.judged[other] = nil end
end

local MOST_CLUSTERS, MOST_OF_ONE, MOST_LINKS = 8, 8, 64

-- An article that was rewritten still owns the features of the text that it had, so it tells whom it left with that text.
local function clusters_in_sight()
  local found, seen = {}, {}
  local function known_of(owner)
    seen[owner] = seen[owner] or redis.call('HMGET', prefix .. 'identity:' .. owner, 'revision', 'cluster', 'left')
    return seen[owner]
  end
  local function count(owner, kind)
    local name = known_of(owner)[2] or owner
    found[name] = found[name] or {name = name, hits = 0, minima = 0, paragraphs = 0, ids = {}, common = {}}
    local each = found[name]
    if not each.common[owner] then
      each.common[owner] = {0, 0}
      table.insert(each.ids, owner)
    end
    each.common[owner][kind] = each.common[owner][kind] + 1
    each.hits = each.hits + 1
    if kind == 1 then each.minima = each.minima + 1 else each.paragraphs = each.paragraphs + 1 end
  end
  for place, having in ipairs(owners) do
    local counted = {}
    local function follow(owner)
      if counted[owner] or not known_of(owner)[1] then return end
      counted[owner] = true
      if owner ~= id then count(owner, place <= also.minima and 1 or 2) end
      for left in string.gmatch(known_of(owner)[3] or '', '%S+') do follow(left) end
    end
    for at = #having, 1, -1 do
      follow(having[at])
      if not known_of(having[at])[1] then table.remove(having, at) end -- not even a tombstone is left of it
    end
  end
  return found
end

local function add_unseen(each, others)
  for _, other in ipairs(others) do
    if other ~= id and not each.common[other] then
      each.common[other] = {0, 0}
      table.insert(each.ids, other)
    end
  end
end

-- The first publisher, those that share fingerprints, the most alike first, others of their cluster, and what they are
-- linked with.
local function to_judge(each)
  local members = redis.call('ZRANGE', prefix .. 'cluster:' .. each.name, 0, MOST_OF_ONE)
  local function weight(other)
    return other == members[1] and math.huge or each.common[other][1] + each.common[other][2]
  end
  add_unseen(each, members)
  table.sort(each.ids, function(a, b)
    if weight(a) ~= weight(b) then return weight(a) > weight(b) end
    return a < b
  end)
  for _, other in ipairs({unpack(each.ids)}) do
    if #each.ids >= MOST_OF_ONE then break end
    add_unseen(each, redis.call('HKEYS', prefix .. 'links:' .. other))
  end
  return {unpack(each.ids, 1, MOST_OF_ONE)}
end

local function candidates()
  local likely = {}
  for _, each in pairs(clusters_in_sight()) do
    if each.minima >= 2 or each.paragraphs >= 1 then table.insert(likely, each) end
  end
  table.sort(likely, function(a, b)
    if a.hits ~= b.hits then return a.hits > b.hits end
    return a.name < b.name
  end)
  local asked, seen, new = {'candidates'}, {}, false
  local function ask(other, common, name)
    if seen[other] then return end
    seen[other], new = true, new or not also.judged[other]
    for _, part in ipairs({other, common[1], common[2], name, tonumber(revision_of(other))}) do table.insert(asked, part) end
  end
  for place = 1, math.min(#likely, MOST_CLUSTERS) do
    local each = likely[place]
    for _, other in ipairs(to_judge(each)) do ask(other, each.common[other], each.name) end
  end
  if revision > 0 then -- what it was alike before
    for place, other in ipairs(redis.call('HKEYS', prefix .. 'links:' .. id)) do
      if place > MOST_LINKS then break end
      ask(other, {0, 0}, cluster_of(prefix, other) or other)
    end
  end
  return new and asked
end

local asked = candidates()
if asked then return asked end
local kinds = {}
for other, verdict in pairs(also.judged) do
  local kind = verdict[1]
  if kind == 'duplicate' and revision == 0 then return duplicate_of(other, 'text') end
  kinds[other] = kind == 'duplicate' and 'same' or kind
end

-- ── it is published ──

replace(KEYS[3], KEYS[9], revision, ARGV[6], also.revisions)
redis.call('HSET', KEYS[4], 'revision', ARGV[4], 'content', ARGV[5], 'source', source, 'sorted', ARGV[7],
  'guid', also.guid)
take_over()
redis.call('HDEL', KEYS[4], 'retracted')
if revision > 0 then redis.call('HINCRBY', KEYS[4], 'changes', 1) end
-- it may have been a tombstone
for _, key in ipairs({KEYS[4], KEYS[12], prefix .. 'links:' .. id}) do redis.call('PERSIST', key) end
redis.call('ZADD', KEYS[5], 'NX', ARGV[7], id)
redis.call('ZADD', KEYS[6], 'NX', ARGV[7], id)
redis.call('ZADD', KEYS[8], string.format('%.0f', now), id)
local fellows = members_of(prefix, id)
if next(kinds) then link(prefix, id, kinds) end
local copied = cluster_of(prefix, id)
say_whom_it_left(prefix, id, fellows)
local function is_mate(other) return copied and cluster_of(prefix, other) == copied end
remember(KEYS[11], tables, features, owners, id, is_mate, also.life, now)
if copied and ARGV[13] ~= '' then redis.call('SET', KEYS[3], ARGV[13]) end

local event = revision == 0 and 'created' or 'updated'
local took = {}
for place, queue in ipairs(also.queues) do
  local name, length, duplicates = queue[1], queue[2], queue[3]
  if among(known[5], name) or wanted(prefix, id, source, name, duplicates) then
    put_into(KEYS[12 + place], length, id, ARGV[4], event, source, unpack(also.told))
    table.insert(took, name)
  end
end
add_queues(prefix, id, took)
return finish(event == 'created' and copied and 'copy' or event, id, also.moved and ARGV[4] .. ' moved' or ARGV[4])
