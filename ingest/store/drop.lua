-- with: lib_life
-- Forget that an entry is dead. Its record stays for as long as a finished entry's, so that no feed brings it back, whatever
-- it says of it then (see claim.lua).
--
-- KEYS[1]  dead         zset   written
-- KEYS[2]  entry:<id>   hash   written, and given an end
-- KEYS[3]  life:<id>    list   written, and given the same
-- ARGV     1 member   2 ms that a finished entry is remembered
-- Returns  1, or 0 when it is not dead
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[2], 'dropped', 1)
redis.call('PEXPIRE', KEYS[2], ARGV[2])
local time = redis.call('TIME')
tell(KEYS[3], time[1] * 1000 + math.floor(time[2] / 1000), 'dropped')
redis.call('PEXPIRE', KEYS[3], ARGV[2])
return 1
