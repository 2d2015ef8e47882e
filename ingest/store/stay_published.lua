-- with: lib_life
-- Nothing came of a page that a look found changed: the article stays as it is, and its entry done as it was.
--
-- KEYS[1]  due:process   zset   read and written
-- KEYS[2]  entry:<id>    hash   read and written
-- KEYS[3]  life:<id>     list   written
-- ARGV     1 member   2 token   3 ms that a finished entry is remembered   4 why, for its life
-- Returns  1; 0 when the lease is no longer held; -1 where the entry is not at work for a look
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then return 0 end
local record = redis.call('HMGET', KEYS[2], 'looked', 'claimed', 'outcome')
if not record[1] or record[1] ~= (record[2] or '') or not record[3] then return -1 end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], 'step', 'done')
redis.call('HDEL', KEYS[2], 'error', 'attempt', 'looked')
redis.call('PEXPIRE', KEYS[2], ARGV[3])
local time = redis.call('TIME')
tell(KEYS[3], time[1] * 1000 + math.floor(time[2] / 1000), 'stays ' .. ARGV[4])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return 1
