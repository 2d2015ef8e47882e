-- What every revision of an article does, whatever it is for.

-- The revision that is replaced is kept beside those before it, the last so many of them.
local function replace(article, revisions, revision, json, most)
  local before = revision > 0 and redis.call('GET', article)
  if before then
    redis.call('HSET', revisions, revision, before)
    redis.call('HDEL', revisions, revision - most)
  end
  redis.call('SET', article, json)
end

-- One entry of a queue, its fields in the order in which readers find them. length: entries that the queue keeps, about.
local function put_into(queue, length, id, revision, event, source, url, title, language, published)
  return redis.call('XADD', queue, 'MAXLEN', '~', length, '*', 'id', id, 'revision', revision, 'event', event,
    'source', source, 'url', url, 'title', title, 'language', language, 'published', published)
end
