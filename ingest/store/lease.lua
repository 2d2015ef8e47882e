-- Lease what is due: move each due member's score forward by the lease and return the members with that score.
-- The new score is the lease's token, to the microsecond, so that no two leases have the same one. Any number of
-- schedulers may run this; each member goes to one of them.
--
-- KEYS[1]  due:<queue>   zset   read and written
-- ARGV     1 lease in ms   2 how many at most
-- Returns  {token, member, member, ...}
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local token = string.format('%.3f', now + tonumber(ARGV[1]))
local members = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, tonumber(ARGV[2]))
for _, member in ipairs(members) do
  redis.call('ZADD', KEYS[1], 'XX', token, member)
end
table.insert(members, 1, token)
return members
