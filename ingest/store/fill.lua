-- Put articles into a queue that does not have them: a queue that was added is filled with what is in the store.
--
-- KEYS[1]  queue:<name>    stream   read from ARGV[1] on, and written
-- KEYS[2..] identity:<id>  hash     read: an article must still be at its revision
-- ARGV     1 id of the queue's last entry when the caller looked   2 queue length
--          3.. of each article: id, revision, source, url, title, language, published
-- The caller knows what the queue held when it looked; what was committed since is looked for here, and told.
-- Returns  {id of the queue's last entry now, entries written, id of an article committed since, ...}
local answer, there, last = {}, {}, ARGV[1]
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+')) do
  for index = 1, #entry[2], 2 do
    if entry[2][index] == 'id' then
      there[entry[2][index + 1]] = true
      table.insert(answer, entry[2][index + 1])
    end
  end
  last = entry[1]
end
local written = 0
for number = 2, #KEYS do
  local at = 3 + (number - 2) * 7
  if not there[ARGV[at]] and redis.call('HGET', KEYS[number], 'revision') == ARGV[at + 1] then
    last = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'id', ARGV[at], 'revision', ARGV[at + 1],
      'event', ARGV[at + 1] == '1' and 'created' or 'updated', 'source', ARGV[at + 2], 'url', ARGV[at + 3],
      'title', ARGV[at + 4], 'language', ARGV[at + 5], 'published', ARGV[at + 6])
    written = written + 1
  end
end
table.insert(answer, 1, written)
table.insert(answer, 1, last)
return answer
