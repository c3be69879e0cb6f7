"""What channels write into Redis Streams, and what is read from that."""

from typing import Any

from .channel_memory import Entry, Place, place_of

# The token makes it safe to try again after an answer was lost: an event is added once. Each tells
# which one was before it, so that of the oldest that is left it is known whether any is missing.
# Ids grow also where Redis has forgotten its own, and its clock was set back. After an entry that
# is marked as the last none is added: a worker that was taken for dead does not go on writing.
APPEND = """
local known = redis.call('GET', KEYS[2])
if known then return known end
local entry = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if entry and entry[2][5] == 'last' then return false end
local id, before = '*', entry and entry[1] or ''
if not entry then
    local clock = redis.call('TIME')
    local now, moment, number = clock[1] * 1000 + math.floor(clock[2] / 1000), ARGV[4], ARGV[5]
    if now <= tonumber(moment) then id = moment .. '-' .. number + 1 end
end
local fields = {'value', ARGV[3], 'before', before}
if ARGV[7] == '1' then fields[5], fields[6] = 'last', '1' end
id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], id, unpack(fields))
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], id, 'EX', ARGV[6])
return id
"""


def border_after(place: Place, about: dict[str, Any] | None) -> Place | None:
    """None when nothing after a place is missing, else the place after which the oldest follow."""
    oldest = about and about["first-entry"]
    if not about or not oldest:
        return None if place == (0, 0) else (0, 0)
    before = oldest[1].get("before")
    border = place_of(before) if before else (0, 0)
    if place_of(oldest[0]) <= place <= place_of(about["last-generated-id"]):
        return None
    is_known = border <= place < place_of(oldest[0]) if before else place == (0, 0)
    return None if is_known else border


def entry_of(id: str, fields: dict[str, str]) -> Entry:
    """What others have written into the stream has no value, and is told as a gap."""
    return Entry(place_of(id), fields.get("value", ""))
