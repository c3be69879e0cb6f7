"""The listeners of the benchmarks notice what they are there for."""

import random
from array import array

from scaffolds.channel_listeners import Crowd, Listener, compare, place_of


def test_what_is_missing_doubled_or_out_of_order_is_counted() -> None:
    crowd = Crowd(port=0, path="/", size=1, seconds=0, disconnects=0, seed=1)
    listener = Listener(crowd, random.Random(1))
    came = ["10-0", "10-1", "12-0", "12-0", "11-0"]
    answer = b"HTTP/1.0 200 OK\r\nx: y\r\n\r\n: ping\r\n\r\nid: 9-0\r\n\r\n"
    answer += b"".join(b'event: tick\nid: %s\ndata: {"sent":1.5}\n\n' % id.encode() for id in came)
    answer += b"event: gap\nid: 12-0\ndata: {}\n\n"
    for byte in answer:
        listener.data_received(bytes([byte]))
    published = array("Q", map(place_of, ["8-0", "9-0", "10-0", "10-1", "11-0", "12-0", "13-0"]))
    heard = compare([listener], published, 0.0)
    assert (heard.delivered, heard.missing, heard.twice) == (5, 1, 1)
    assert (heard.disordered, heard.gaps) == (1, 1)
