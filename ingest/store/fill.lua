-- with: lib_publishing lib_clusters
-- Put articles into a queue that does not have them: a queue that was added is filled with what is in the store.
--
-- KEYS[1]  queue:<name>    stream   read from ARGV[1] on, and written
-- KEYS[2..] identity:<id>  hash     read: an article must still be at its revision; written: its queues
-- ARGV     1 id of the queue's last entry when the caller looked   2 queue length   3 name of the queue
--          4 its duplicates: first | outlet | all   5 prefix of all keys: clusters are found on the way
--          6.. of each article: id, revision, source, url, title, language, published
-- The caller knows what the queue held when it looked; what was committed since is looked for here, and told.
-- Returns  {id of the queue's last entry now, entries written, id of an article committed since, ...}
local queue, duplicates, prefix = ARGV[3], ARGV[4], ARGV[5]
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
  local at = 6 + (number - 2) * 7
  local id, revision, source = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if not there[id] and redis.call('HGET', KEYS[number], 'revision') == revision
    and wanted(prefix, id, source, queue, duplicates) then
    local event = revision == '1' and 'created' or 'updated'
    last = put_into(KEYS[1], ARGV[2], id, revision, event, source, unpack(ARGV, at + 3, at + 6))
    add_queues(prefix, id, {queue})
    written = written + 1
  end
end
table.insert(answer, 1, written)
table.insert(answer, 1, last)
return answer
