-- Forget a consumer that has nothing in hand. One that has is left as it is: with it, the store would forget what it has.
--
-- KEYS[1]  queue:<name>   stream   read and written
-- ARGV     1 group   2 consumer
-- Returns  1, or 0 where it has something in hand
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
