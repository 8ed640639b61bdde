#!/usr/bin/env python3
"""Fails when messages that break the rules make a device of somebody else, or a finding that is not so.

usage: strange_calls.py PROGRAM
"""

import itertools
import json
import os
import pathlib
import subprocess
import sys

import talk  # noqa: I001
import capture

SECOND, DAY = capture.SECOND, 86400 * capture.SECOND
MANDATORY = [b"Via", b"Max-Forwards", b"From", b"To", b"Call-ID", b"CSeq", b"Contact", b"User-Agent"]


def report(program, frames):
    done = subprocess.run([program, "-o", "json", "-"], input=capture.pcap(frames), capture_output=True, timeout=60,
                          check=False, env={**os.environ, "TZ": "UTC"})
    said = done.stderr.decode(errors="replace")
    assert done.returncode in (0, 1) and "Sanitizer" not in said, f"{done.returncode}\n{said}"
    return json.loads(done.stdout)


def found(shown):
    return sorted((one["id"], one["grade"], one["aor"]) for one in shown["findings"]
                  if one["area"] != "capture" and one["id"] != "registered_without_challenge")


def states(shown):
    return sorted((device["aor"], device["state"]) for device in shown["devices"])


def same_call(frames):
    """One Call-ID for all of them: the number behind it goes."""
    out = []
    for frame in frames:
        whole = frame.data
        start = whole.index(b"Call-ID: ") + 9
        length = whole.index(b"\r\n", start) - start
        out.append(frame.holding(whole[:start] + b"c" * length + whole[start + length :]))
    return out


def one_call_id_of_two_phones_is_two_devices(program):
    """Two sources and two accounts; then the account of the first one under the Call-ID, from elsewhere."""
    frames = same_call(talk.accepted(talk.START, 1, user=b"alice")
                       + talk.accepted(talk.START + SECOND, 2, user=b"bobby"))
    shown = report(program, frames)
    assert states(shown) == [("alice@example.com", "registered"), ("bobby@example.com", "registered")], states(shown)
    assert not found(shown), found(shown)


def a_call_id_that_comes_again_after_a_year_starts_anew(program):
    frames = talk.accepted(talk.START, expires=b"600") + talk.accepted(talk.START + 365 * DAY, expires=b"600")
    shown = report(program, frames)
    assert len(shown["devices"]) == 1, states(shown)
    proven = {name for name, grade, _ in found(shown) if grade == "proven"}
    assert not proven & {"cseq_not_increased", "branch_reused"}, proven


def without(frame, names):
    head, tail = frame.data[:42], frame.data[42:]
    lines = [line for line in tail.split(b"\r\n") if not line.startswith(tuple(name + b":" for name in names))]
    ip = talk.Ip(4, head[26:30], head[30:34], talk.UDP, 64, talk.Udp(5060, 5060, b"\r\n".join(lines)).packed())
    return frame.holding(head[:14] + ip.packed())


def whatever_is_missing_is_survived(program):
    """Each header that must be there, and each pair of them, in both directions: seen, and nothing is proven by it
    about somebody who said everything."""
    for names in [(name,) for name in MANDATORY] + list(itertools.combinations(MANDATORY, 2)):
        strange = [without(frame, names) for frame in talk.refused(7, user=b"mallory")]
        shown = report(program, strange + talk.accepted(talk.START + 60 * SECOND, 1, user=b"alice"))
        alice = [one for one in shown["devices"] if one["aor"] == "alice@example.com"]
        assert [one["state"] for one in alice] == ["registered"], (names, states(shown))
        assert not [one for one in found(shown) if one[2] == "alice@example.com"], (names, found(shown))


def a_password_is_not_wrong_where_the_login_is_malformed(program):
    """The password that is supplied is another one; but that shows in a response of 32 digits only."""
    right = talk.refused(1)
    login = next(frame for frame in right if b"Authorization: Digest" in frame.data)
    at = login.data.index(b'response="') + 10
    digits = login.data[at : at + 32]
    strange = (digits[:31], digits + b"0", digits + digits[:31], b"", b"x" * 32, b"(null)")
    for response in (digits, digits.upper(), *strange):
        changed = talk.frame(login.time, login.data[26:30], login.data[30:34],
                             login.data[42:].replace(digits, response))
        done = subprocess.run([program, "-o", "json", "--credentials=env:PASSWORDS", "-"], stdout=subprocess.PIPE,
                              input=capture.pcap([changed if frame is login else frame for frame in right]),
                              timeout=60, check=False, env={**os.environ, "PASSWORDS": "alice:*:another"})
        told = {one["id"] for one in json.loads(done.stdout)["findings"]} & {"password_wrong", "password_altered"}
        assert bool(told) == (response not in strange), (response, told)


CHECKS = [
    one_call_id_of_two_phones_is_two_devices, a_call_id_that_comes_again_after_a_year_starts_anew,
    whatever_is_missing_is_survived, a_password_is_not_wrong_where_the_login_is_malformed,
]


def main():
    program, bad = pathlib.Path(sys.argv[1]).resolve(), 0
    for check in CHECKS:
        try:
            check(program)
        except AssertionError as error:
            print(f"{check.__name__}: {error}")
            bad += 1
    print(f"{len(CHECKS)} checks, {bad} bad")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
