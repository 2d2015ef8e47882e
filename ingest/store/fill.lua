-- Put an article into a queue that does not have it yet: a queue that was added is filled with what is in the store.
--
-- KEYS[1]  queue:<name>    stream   read from ARGV[1] on, one entry written
-- KEYS[2]  identity:<id>   hash     read: the article must still be at this revision
-- ARGV     1 id of the queue's last entry when the filling began   2 queue length   3 id   4 revision
--          5 source   6 url   7 title   8 language   9 published
-- The caller knows what the queue held when it began; what was committed since is looked for here.
-- Returns  1, or 0 where the queue has it by now or a newer revision is on its way
if redis.call('HGET', KEYS[2], 'revision') ~= ARGV[4] then return 0 end
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+')) do
  if entry[2][2] == ARGV[3] then return 0 end
end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'id', ARGV[3], 'revision', ARGV[4], 'event', 'created',
  'source', ARGV[5], 'url', ARGV[6], 'title', ARGV[7], 'language', ARGV[8], 'published', ARGV[9])
return 1
