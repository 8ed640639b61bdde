#!/usr/bin/env python3
"""Fails when a message that is as large as can be takes long, or is taken for another one.

usage: large_messages.py PROGRAM

Each kind has as much of one thing as fits a datagram. A phone that registers in between is seen as if they were not
there.
"""

import json
import os
import pathlib
import resource
import subprocess
import sys

import talk  # noqa: I001
import capture

ROOM, TWICE = 60000, 29000  # where it stands once or twice in a message
COPIES = 40
SECONDS = 0.005  # of one processor, for each of them
SLOWER = 20      # with sanitizers, on a machine that does something else as well


def many(unit, start=b"", end=b"", room=TWICE):
    return start + unit * ((room - len(start) - len(end)) // len(unit)) + end


KINDS = {
    "header lines": {"agent": many(b"x\r\nX: y")},
    "folded lines": {"agent": many(b"x\r\n ")},
    "one header": {"agent": b"x" * ROOM},
    "comments in comments": {"agent": many(b"(")},
    "Via": {"agent": many(b"x\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK")},
    "branch": {"agent": b"x\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK" + b"b" * TWICE},
    "values of Via": {"agent": many(b"SIP/2.0/UDP h;branch=z9hG4bK,", b"x\r\nVia: ", b"SIP/2.0/UDP h")},
    "Contact": {"agent": many(b"<sip:a@192.0.2.1>;q=0.5,", b"x\r\nContact: ", b"<sip:b@192.0.2.1>")},
    "parameters": {"agent": many(b";a=b", b"x\r\nContact: <sip:a@192.0.2.1>")},
    "parameters of a URI": {"contact": many(b"a;b=c")},
    "headers of a URI": {"contact": many(b"a?b=%0d%0ac&")},
    "credentials": {"agent": many(b'x\r\nAuthorization: Digest nonce="n", response="1"')},
    "parameters of credentials": {"agent": many(b'a="b",', b"x\r\nAuthorization: Digest ", b'response="1"')},
    "quotes": {"agent": many(b'"', b'x\r\nAuthorization: Digest realm="')},
    "backslashes": {"display": many(b"\\\\", b'"', b'" ', ROOM // 3)},
    "brackets": {"agent": many(b"<", b"x\r\nContact: ")},
    "Supported": {"agent": many(b"path,", b"x\r\nSupported: ")},
    "Call-ID": {"call_id": b"c" * ROOM},
    "user": {"user": b"u" * (ROOM // 4)},
    "realm": {"realm": b"r" * ROOM},
    "nonce": {"nonce": b"n" * ROOM},
    "reason": {"reason": b"r" * ROOM},
    "warning": {"warning": b"w" * ROOM},
}


def run(program, frames):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([program, "-o", "json", "-"], input=capture.pcap(frames), capture_output=True, timeout=120,
                          check=False, env={**os.environ, "TZ": "UTC"})
    assert done.returncode in (0, 1), f"{done.returncode}\n{done.stderr.decode(errors='replace')}"
    return json.loads(done.stdout), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def state_of(report, aor):
    return [device["state"] for device in report["devices"] if device["aor"] == aor]


def check_kind(program, name, strange, limit):
    """Four messages in each login: those that have this part are large."""
    frames = talk.accepted(talk.START - capture.SECOND, 999, user=b"bystander")
    for number in range(1, COPIES // 4 + 1):
        frames += talk.refused(number, **{"user": b"u%d" % number, **strange})
    report, seconds = run(program, frames)
    assert state_of(report, "bystander@example.com") == ["registered"], f"{name}: the bystander is {report['devices']}"
    assert report["captures"][0]["packets"] == len(frames) and report["captures"][0]["complete"], name
    assert seconds < limit, f"{name}: {seconds:.2f} s for {len(frames)} messages"


def check_call_ids(program):
    """An answer whose Call-ID differs in the last byte, or in case, is the answer to another request."""
    for length in (1, 31, 32, 255, 256, 1023, 1024, 1025, 60000):
        for last, heard in ((b"a", "registered"), (b"b", None), (b"A", None)):
            asked, granted = talk.accepted(talk.START, 1, call_id=b"c" * length)
            old, new = b"c" * length + b"-1", b"c" * length + b"-a"
            asked = talk.frame(asked.time, asked.data[26:30], asked.data[30:34], asked.data[42:].replace(old, new))
            granted = talk.frame(granted.time, granted.data[26:30], granted.data[30:34],
                                 granted.data[42:].replace(old, new[:-1] + last))
            report, _ = run(program, [asked, granted])
            first = state_of(report, "alice@example.com")[0]
            assert (first == "registered") == (heard is not None), (length, last, first)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    slower = SLOWER if b"__asan_init" in program.read_bytes() else 4
    bad = 0
    for name, strange in KINDS.items():
        try:
            check_kind(program, name, strange, 0.2 + COPIES * SECONDS * slower)
        except AssertionError as error:
            print(error)
            bad += 1
    check_call_ids(program)
    print(f"{len(KINDS)} kinds of large messages, {bad} bad")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
