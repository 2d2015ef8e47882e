-- Addresses at which the article was found too. A feed that makes up a new one at each poll is not followed for ever.
local MOST_ADDRESSES = 200

local function add_addresses(prefix, id, addresses)
  local key = prefix .. 'addresses:' .. id
  for _, address in ipairs(addresses) do
    if redis.call('SCARD', key) < MOST_ADDRESSES then redis.call('SADD', key, address) end
  end
end
