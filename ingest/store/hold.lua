-- Take a lock, or keep it where it is ours already.
--
-- KEYS[1]  lock:<name>   string   read and written
-- ARGV     1 owner   2 ms for which it is held
-- Returns  1, or 0 where another owner has it
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
