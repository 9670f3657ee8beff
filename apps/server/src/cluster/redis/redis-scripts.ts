/**
 * Each script is one atomic step, and takes its time from the engine: no decision compares the clocks of two machines. The keys of
 * one script share the hash tag `{name}`.
 */

/** Who is there, and where it receives messages. Replies: epoch, engine time in ms, number of servers, whether events are read, then the seals in use. */
export const PRESENCE = `
redis.call('SET', KEYS[1], ARGV[3], 'NX')
local time = redis.call('TIME')
local now = 1000 * time[1] + math.floor(time[2] / 1000)
local ttl = tonumber(ARGV[4])
for i, key in ipairs({KEYS[2], KEYS[3]}) do
  redis.call('ZADD', key, now, ARGV[i])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ttl)
  redis.call('ZREMRANGEBYSCORE', key, now + ttl, '+inf')
end
if ARGV[5] == '1' then
  if redis.call('SET', KEYS[4], '1', 'PX', 2 * ttl, 'NX') then
    redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[6], '*', 'kind', 'watch')
  else
    redis.call('PEXPIRE', KEYS[4], 2 * ttl)
  end
end
if redis.call('PEXPIRE', KEYS[6], ttl) == 0 then
  redis.call('XADD', KEYS[6], '*', 'kind', 'opened')
  redis.call('PEXPIRE', KEYS[6], ttl)
end
local reply = {redis.call('GET', KEYS[1]), string.format('%.0f', now), redis.call('ZCARD', KEYS[2]), redis.call('EXISTS', KEYS[4])}
for _, seal in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do reply[#reply + 1] = seal end
return reply`;

/**
 * The generic cell rate algorithm in microseconds. Replies how many of the calls that are asked for may start, at least 1; where
 * none may, the milliseconds until one may, as a negative number. A time that lies further ahead than the burst is of a clock that
 * was set back.
 */
export const TAKE = `
local time = redis.call('TIME')
local now = 1000000 * time[1] + time[2]
local interval = tonumber(ARGV[1])
local capacity = interval * tonumber(ARGV[2])
local at = tonumber(redis.call('GET', KEYS[1]) or now) or now
if not (at > now) then at = now end
if at > now + capacity then at = now + capacity end
local calls = math.min(tonumber(ARGV[3]), math.floor((now + capacity - at) / interval))
if calls < 1 then return -math.ceil((at + interval - capacity - now) / 1000) end
local next = at + calls * interval
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000) + 1000)
return calls`;

/** Sets an entry unless a newer one is there, and replies the one that counts as `version:value`. What no server has written does not count. */
export const SET_ENTRY = `
local current = redis.call('HGET', KEYS[1], ARGV[2])
local digits = current and string.match(current, '^(%d+):')
local there = digits and #digits < 16 and tonumber(digits) or 0
local counter = tonumber(redis.call('GET', KEYS[2]) or '0') or 0
if counter >= 1e15 then counter = 0 end
local version = tonumber(ARGV[4])
if version ~= 0 and there >= version then return current end
if version == 0 then version = math.max(counter, there) + 1 end
redis.call('SET', KEYS[2], string.format('%.0f', math.max(counter, version)))
local entry = string.format('%.0f', version) .. ':' .. ARGV[3]
redis.call('HSET', KEYS[1], ARGV[2], entry)
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[5], '*', 'kind', 'entry', 'table', ARGV[1], 'name', ARGV[2], 'data', entry)
return entry`;

export const END_SESSION = `
redis.call('SET', KEYS[1], '1', 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[3], '*', 'kind', 'session', 'data', ARGV[1])
return 1`;

/** What a client has set in its session. An empty value removes it. */
export const SET_SESSION = `
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[2])
else
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', 'kind', 'session-field', 'data', ARGV[1], 'field', ARGV[2], 'value', ARGV[3])
return 1`;

/** To a server that is there; for any other nothing is kept. */
export const SEND_MESSAGE = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', 1000, '*', 'kind', 'message', 'data', ARGV[1], 'value', ARGV[2])
return 1`;
