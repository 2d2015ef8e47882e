-- Start leased work: only the message that carries the score now in `due` may, and it takes a new lease for its run.
-- A message that was repeated, delayed past its lease or overtaken by a newer claim finds another score and does nothing.
-- The attempt is counted here, so that one which ends in a crash is counted too.
--
-- KEYS[1]  due:<queue>   zset   read and written
-- KEYS[2]  the record    hash   `attempt` counted up
-- ARGV     1 member   2 token   3 lease of the run in ms
-- Returns  {new token, attempt, source of an entry or ''} or nil
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return nil end
local time = redis.call('TIME')
local score = time[1] * 1000 + time[2] / 1000 + tonumber(ARGV[3])
local token = string.format('%.3f', score)
if tonumber(token) == tonumber(held) then token = string.format('%.3f', score + 0.001) end
redis.call('ZADD', KEYS[1], 'XX', token, ARGV[1])
return {token, redis.call('HINCRBY', KEYS[2], 'attempt', 1), redis.call('HGET', KEYS[2], 'source') or ''}
