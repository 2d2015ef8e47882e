-- Clusters: articles that are copies of one another. Who is in one follows from the links alone, so the order in which
-- articles came is of no matter.
--
--   links:<id>       hash   id of another article -> `same` | `part` (one has the other within it)
--   cluster:<name>   zset   article id -> ms of Article.sorted; the first is who published it first
--   identity:<id>    hash   its fields `cluster` (the name: the smallest id in it), `sorted`, `source`, `queues`,
--                           `parts` once it had such a link, and `left`: whom it was with before it was rewritten
--
-- All that are linked by `same` are one cluster. A `part` joins two only where both have the same links: so a digest of three
-- stories joins none of them, and a statement that two reports have in full does not make them one.
local MOST, MOST_LEFT = 1000, 8

local function links_of(prefix, id)
  local flat, links = redis.call('HGETALL', prefix .. 'links:' .. id), {}
  for index = 1, #flat, 2 do links[flat[index]] = flat[index + 1] end
  return links
end

-- All that can be reached from these articles by links: {their ids}, {id -> its links}. Links to what is forgotten go. Of
-- more than MOST one is enough to know that.
local function reached(prefix, ids)
  local order, links = {}, {}
  local function visit(id)
    if links[id] ~= nil then return links[id] ~= false end
    links[id] = redis.call('EXISTS', prefix .. 'identity:' .. id) == 1 and links_of(prefix, id)
    if links[id] then table.insert(order, id) end
    return links[id] ~= false
  end
  for _, id in ipairs(ids) do
    if #order <= MOST then visit(id) end
  end
  local place = 1
  while place <= #order and #order <= MOST do
    local id = order[place]
    for other in pairs(links[id]) do
      if #order > MOST then break end
      if not visit(other) then
        redis.call('HDEL', prefix .. 'links:' .. id, other)
        links[id][other] = nil
      end
    end
    place = place + 1
  end
  return order, links
end

local function agree(links, a, b)
  for other in pairs(links[a]) do
    if other ~= b and not links[b][other] then return false end
  end
  for other in pairs(links[b]) do
    if other ~= a and not links[a][other] then return false end
  end
  return true
end

local function group_of(links, start, grouped)
  local members, place = {start}, 1
  grouped[start] = true
  while place <= #members do
    local id = members[place]
    for other, kind in pairs(links[id]) do
      if not grouped[other] and (kind == 'same' or agree(links, id, other)) then
        grouped[other] = true
        table.insert(members, other)
      end
    end
    place = place + 1
  end
  return members
end

local function cluster_of(prefix, id)
  return redis.call('HGET', prefix .. 'identity:' .. id, 'cluster')
end

local function members_of(prefix, id)
  local name = cluster_of(prefix, id)
  return name and redis.call('ZRANGE', prefix .. 'cluster:' .. name, 0, -1) or {}
end

local function put(prefix, name, id)
  local identity = prefix .. 'identity:' .. id
  redis.call('ZADD', prefix .. 'cluster:' .. name, redis.call('HGET', identity, 'sorted') or 0, id)
  redis.call('HSET', identity, 'cluster', name)
end

-- The cluster that an article without one comes into and changes nothing else of: that of all whom it is the same as, of
-- whom none has a part. Else nil.
local function plain_cluster(prefix, id, kinds)
  local name = nil
  for other, kind in pairs(kinds) do
    if kind == 'part' or kind == 'same' and redis.call('HEXISTS', prefix .. 'identity:' .. other, 'parts') == 1 then
      return nil
    elseif kind == 'same' then
      local its = cluster_of(prefix, other)
      if not its or name and its ~= name then return nil end
      name = its
    end
  end
  return redis.call('EXISTS', prefix .. 'links:' .. id) == 0 and id > (name or '~') and name or nil
end

-- Write these links of an article down ('' where there is none any more), and group anew whom they reach.
local function link(prefix, id, kinds)
  local touched, plain = {}, plain_cluster(prefix, id, kinds)
  for other, kind in pairs(kinds) do
    if kind ~= '' then
      for _, pair in ipairs({{id, other}, {other, id}}) do
        redis.call('HSET', prefix .. 'links:' .. pair[1], pair[2], kind)
        if kind == 'part' then redis.call('HSET', prefix .. 'identity:' .. pair[1], 'parts', 1) end
      end
      table.insert(touched, other)
    elseif redis.call('HDEL', prefix .. 'links:' .. id, other) > 0 then
      redis.call('HDEL', prefix .. 'links:' .. other, id)
      table.insert(touched, other)
    end
  end
  if #touched == 0 then return end
  if plain then return put(prefix, plain, id) end
  table.insert(touched, id)
  for _, member in ipairs(members_of(prefix, id)) do table.insert(touched, member) end
  local order, links = reached(prefix, touched)
  if #order > MOST then -- beyond all reason: it joins whom it is the same as, and the others stay as they are
    for other, kind in pairs(kinds) do
      if kind == 'same' then return put(prefix, cluster_of(prefix, other) or other, id) end
    end
    return
  end
  for _, each in ipairs(order) do
    local name = cluster_of(prefix, each)
    if name then redis.call('DEL', prefix .. 'cluster:' .. name) end
  end
  local grouped = {}
  for _, each in ipairs(order) do
    if not grouped[each] then
      local members = group_of(links, each, grouped)
      table.sort(members)
      if #members == 1 then
        redis.call('HDEL', prefix .. 'identity:' .. each, 'cluster')
      else
        for _, member in ipairs(members) do put(prefix, members[1], member) end
      end
    end
  end
end

-- fellows: who was in its cluster. One of each of the clusters that these are in now is enough, the latest that were left.
local function say_whom_it_left(prefix, id, fellows)
  local copied, there, left = cluster_of(prefix, id), {}, {}
  for _, fellow in ipairs(fellows) do
    local name = cluster_of(prefix, fellow) or fellow
    if fellow ~= id and name ~= copied and not there[name] then
      there[name] = true
      table.insert(left, fellow)
    end
  end
  if #left == 0 then return end
  for before in string.gmatch(redis.call('HGET', prefix .. 'identity:' .. id, 'left') or '', '%S+') do
    if not there[before] then table.insert(left, before) end
  end
  redis.call('HSET', prefix .. 'identity:' .. id, 'left', table.concat(left, ' ', 1, math.min(#left, MOST_LEFT)))
end

local function among(names, name)
  return names and string.find(' ' .. names .. ' ', ' ' .. name .. ' ', 1, true) ~= nil
end

-- Whether a queue that has not got this article wants it, by its `duplicates`: first | outlet | all.
local function wanted(prefix, id, source, queue, duplicates)
  if duplicates == 'all' then return true end
  for _, member in ipairs(members_of(prefix, id)) do
    if member ~= id then
      local known = redis.call('HMGET', prefix .. 'identity:' .. member, 'queues', 'source', 'retracted')
      if not known[3] and among(known[1], queue) and (duplicates == 'first' or known[2] == source) then return false end
    end
  end
  return true
end

local function add_queues(prefix, id, names)
  local identity = prefix .. 'identity:' .. id
  local known = redis.call('HGET', identity, 'queues')
  local all = {}
  if known and known ~= '' then table.insert(all, known) end
  for _, name in ipairs(names) do
    if not among(known, name) then table.insert(all, name) end
  end
  redis.call('HSET', identity, 'queues', table.concat(all, ' '))
end
