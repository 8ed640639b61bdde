"""What a phone and a registrar say to each other, made of any bytes, as a capture.

The samples are what phones really send. Here each part of a message may be what somebody sends on purpose.
"""

import hashlib
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "properties"))

import capture  # noqa: E402
from packet import UDP, Ip, Udp  # noqa: E402

MAC = bytes.fromhex("020000000001020000000002")
SERVER = bytes([198, 51, 100, 5])
START = 1_790_000_000 * capture.SECOND
MOMENT = capture.SECOND // 50

CUSTOMS = {
    "display": b"", "user": b"alice", "call_id": b"call", "agent": b"Phone/1.0", "realm": b"example.com",
    "nonce": b"abcdef0123456789", "reason": b"Forbidden", "contact": b"alice", "warning": b"none",
    "host": b"example.com", "expires": b"3600",
}
PASSWORD = b"s3cr3t-of-alice"


def md5(*parts):
    return hashlib.md5(b":".join(parts)).hexdigest().encode()


def frame(time, source, target, payload, ports=(5060, 5060)):
    packed = Ip(4, source, target, UDP, 64, Udp(*ports, payload).packed()).packed()
    data = MAC + b"\x08\x00" + packed
    return capture.Frame(time, data, len(data), capture.ETHERNET)


def request(number, sequence, login, words):
    """One REGISTER of the phone with this number."""
    host = b"192.168.%d.%d" % (number >> 8, number & 255)
    uri = b"sip:" + words["host"]
    lines = [
        b"REGISTER " + uri + b" SIP/2.0",
        b"Via: SIP/2.0/UDP " + host + b":5060;branch=z9hG4bK%d-%d" % (number, sequence),
        b"Max-Forwards: 70",
        b"From: " + words["display"] + b"<sip:" + words["user"] + b"@" + words["host"] + b">;tag=f%d" % number,
        b"To: " + words["display"] + b"<sip:" + words["user"] + b"@" + words["host"] + b">",
        b"Call-ID: " + words["call_id"] + b"-%d" % number,
        b"CSeq: %d REGISTER" % sequence,
        b"Contact: <sip:" + words["contact"] + b"@" + host + b":5060>",
        b"User-Agent: " + words["agent"],
        b"Expires: " + words["expires"],
    ]
    if login:
        ha1 = md5(words["user"], words["realm"], login)
        response = md5(ha1, words["nonce"], md5(b"REGISTER", uri))
        lines.append(b'Authorization: Digest username="' + words["user"] + b'", realm="' + words["realm"]
                     + b'", nonce="' + words["nonce"] + b'", uri="' + uri + b'", response="' + response + b'"')
    return b"\r\n".join([*lines, b"Content-Length: 0", b"", b""])


def answer(asked, status, words, *lines):
    """What a registrar says to this request."""
    kept = [line for line in asked.split(b"\r\n") if line.startswith((b"Via:", b"From:", b"Call-ID:", b"CSeq:"))]
    to = next(line for line in asked.split(b"\r\n") if line.startswith(b"To:"))
    reasons = {200: b"OK", 401: b"Unauthorized"}
    return b"\r\n".join([b"SIP/2.0 %d " % status + reasons.get(status, words["reason"]), *kept, to + b";tag=t",
                         b"Server: " + words["agent"], *lines, b"Content-Length: 0", b"", b""])


def refused(number, password=PASSWORD, **strange):
    """The frames of a login that fails: challenged, answered, refused."""
    words = {**CUSTOMS, **strange}
    phone = bytes([192, 168, number >> 8, number & 255])
    time = START + number * capture.SECOND
    first, second = (request(number, 1, None, words), request(number, 2, password, words))
    challenge = b'WWW-Authenticate: Digest realm="' + words["realm"] + b'", nonce="' + words["nonce"] + b'"'
    warning = b'Warning: 399 registrar "' + words["warning"] + b'"'
    said = [(phone, SERVER, first), (SERVER, phone, answer(first, 401, words, challenge)), (phone, SERVER, second),
            (SERVER, phone, answer(second, 403, words, warning))]
    return [frame(time + i * MOMENT, *one) for i, one in enumerate(said)]


def accepted(time, number=1, **strange):
    """The frames of a registration that works, from this time on, in nanoseconds."""
    words = {**CUSTOMS, **strange}
    phone = bytes([192, 168, number >> 8, number & 255])
    asked = request(number, 1, None, words)
    contact = next(line for line in asked.split(b"\r\n") if line.startswith(b"Contact:"))
    granted = answer(asked, 200, words, contact + b";expires=3600")
    return [frame(time, phone, SERVER, asked), frame(time + MOMENT, SERVER, phone, granted)]


def header(link=capture.ETHERNET):
    """That of a classic capture without any frames."""
    return b"\xd4\xc3\xb2\xa1" + struct.pack("<HHiIII", 2, 4, 0, 0, capture.SNAPLEN, link)
