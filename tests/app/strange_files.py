#!/usr/bin/env python3
"""Fails when a capture of strange times, lengths, names or compression is told wrongly, or not at all.

usage: strange_files.py PROGRAM

The registrations in it are the same ones always; so is what is said of them.
"""

import csv
import gzip
import io
import json
import os
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile

import talk  # noqa: I001
import capture

SECOND, DAY = capture.SECOND, 86400 * capture.SECOND
MEGABYTE = 1 << 20

FORMATS = ("text", "json", "jsonl", "html", "csv")

# What a report says of an instant, and the nanoseconds that it stands for.
INSTANTS = {
    "1970-01-01T00:00:00.000000000Z": 0,
    "2038-01-19T03:14:06.990000000Z": (2**31 - 2) * SECOND + 990_000_000,
    "2038-01-19T03:14:07.990000000Z": (2**31 - 1) * SECOND + 990_000_000,
    "2106-02-07T06:28:14.990000000Z": (2**32 - 2) * SECOND + 990_000_000,
}
LATE = {
    "2106-02-07T06:28:15.990000000Z": (2**32 - 1) * SECOND + 990_000_000,
    "2116-02-20T23:53:38.400000000Z": 4611686018 * SECOND + 400_000_000,
}
STEPS = [-1000, -SECOND, -37 * SECOND, -3600 * SECOND, -DAY, DAY, 3600 * SECOND]


def run(program, *words, data=None, limit=60):
    done = subprocess.run([program, *words], input=data if data is not None else b"", capture_output=True,
                          timeout=limit, check=False,
                          env={**os.environ, "COLUMNS": "100", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Apia"})
    said = done.stderr.decode(errors="replace")
    assert done.returncode in (0, 1, 2) and "Sanitizer" not in said, f"{words}: {done.returncode}\n{said}"
    return done, said


def report(program, data):
    return json.loads(run(program, "-o", "json", "-", data=data)[0].stdout)


def found(shown):
    """Findings about registrations; of these, that nobody asked for a password is true always."""
    return [(one["id"], one["grade"]) for one in shown["findings"]
            if one["area"] != "capture" and one["id"] != "registered_without_challenge"]


# --- Times --------------------------------------------------------------------


def check_instant(program, text, time, data):
    for form in FORMATS:
        done, _ = run(program, "-v", "-o", form, "-", data=data)
        shown = done.stdout.decode()
        assert done.returncode == 0, (text, form, shown)
        if form == "csv":
            assert f"{text[:23]}Z" in next(csv.DictReader(io.StringIO(shown))).values(), (text, shown)
        elif form == "text":
            assert text[:10] in shown and text[11:23] in shown, (text, shown)
        elif form != "html":
            assert text in shown, (text, form)


def times_are_right_in_every_format(program, _):
    for text, time in {**INSTANTS, **LATE}.items():
        frames = talk.accepted(time)
        if text in INSTANTS:
            check_instant(program, text, time, capture.pcap(frames))
        check_instant(program, text, time, capture.pcapng(frames))


def a_time_that_cannot_be_is_none(program, _):
    """All 64 bits of a pcapng's time: one frame of the year 2554 must not end all that others wait for."""
    frames = [frame for i in range(4) for frame in talk.accepted(talk.START + i * 1800 * SECOND)]
    blocks = [capture.pcapng(frames[:n]) for n in range(len(frames) + 1)]
    for strange in range(len(frames)):
        whole, at = bytearray(blocks[-1]), len(blocks[strange])
        whole[at + 12 : at + 20] = b"\xff" * 8
        shown = report(program, bytes(whole))
        assert len(shown["devices"]) == 1 and not found(shown), (strange, shown["findings"])
    for form in FORMATS:
        run(program, "-v", "--ladder", "-o", form, "-", data=bytes(whole))


def no_verdict_rests_on_a_clock_that_was_set(program, _):
    """A binding of an hour, refreshed after half of it; in between the clock is set by so much."""
    for step in STEPS:
        frames = [frame for i in range(6) for frame in talk.accepted(
            talk.START + i * 1800 * SECOND + (step if i >= 3 else 0), expires=b"3600")]
        shown = report(program, capture.pcap(frames, b"\x4d\x3c\xb2\xa1"))
        assert len(shown["devices"]) == 1, step
        assert step > 0 or not found(shown), (step, found(shown))


def all_times_alike_tell_nothing_of_time(program, _):
    for time in (0, talk.START):
        frames = [frame.at(time) for i in range(4) for frame in talk.accepted(talk.START + i * 1800 * SECOND)]
        shown = report(program, capture.pcap(frames))
        assert shown["devices"][0]["state"] == "registered" and not found(shown), (time, found(shown))


# --- Compression --------------------------------------------------------------


def a_bomb_takes_no_memory(program, folder):
    """200 MiB of nothing in 200 KiB: frames of no length, behind a registration that is seen."""
    bomb = folder / "bomb.pcap.gz"
    empty = struct.pack("<IIII", talk.START // SECOND, 0, 0, 0) * (MEGABYTE // 16)
    with gzip.open(bomb, "wb", compresslevel=9) as out:
        out.write(capture.pcap(talk.accepted(talk.START)))
        for _ in range(200):
            out.write(empty)
    done, _ = run(program, "-o", "json", bomb, limit=200)
    shown = json.loads(done.stdout)
    assert shown["devices"][0]["state"] == "registered"
    assert shown["captures"][0]["packets"] == 2 + 200 * MEGABYTE // 16


def compression_may_be_cut_joined_or_nested(program, _):
    first, second = capture.pcap(talk.accepted(talk.START)), capture.pcap(talk.accepted(talk.START + DAY))[24:]
    whole = report(program, first + second)["captures"][0]["packets"]
    joined = report(program, gzip.compress(first) + gzip.compress(second))["captures"][0]
    assert (joined["packets"], joined["complete"]) == (whole, True), joined
    trailing = report(program, gzip.compress(first + second) + b"garbage")["captures"][0]
    assert trailing["packets"] == whole and not trailing["complete"], trailing
    packed = gzip.compress(first + second)
    for cut in range(1, len(packed), 7):
        done, said = run(program, "-o", "json", "-", data=packed[:cut])
        if done.returncode == 2:
            assert said.count("\n") == 1, said
        else:
            assert not json.loads(done.stdout)["captures"][0]["complete"], cut
    done, said = run(program, "-", data=gzip.compress(packed))
    assert done.returncode == 2 and said.count("\n") == 1, said


# --- Names --------------------------------------------------------------------


def refused(program, words, sentence, folder):
    done = subprocess.run([program, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, cwd=folder,
                          check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    said = done.stderr.decode()
    assert done.returncode == 2 and sentence in said and said.count("\n") == 1, f"{words}: {done.returncode} {said}"
    assert not [c for c in said[:-1] if not c.isprintable()], f"{words}: {said!r}"


def names_are_told_harmlessly(program, folder):
    (folder / "folder").mkdir()
    os.symlink("loop", folder / "loop")
    strange = {
        "no\nsuch\x1b[2Jfile": "No such file", b"\xff\xfe": "No such file", "%n%s": "No such file",
        "folder": "directory",
        "x" * 5000: "too long", "loop": "symbolic links", "/dev/zero": "", "": "",
    }
    for name, sentence in strange.items():
        refused(program, [name], sentence, folder)


def a_leading_dash_is_a_name_behind_two_dashes(program, folder):
    (folder / "-x.pcap").write_bytes(capture.pcap(talk.accepted(talk.START)))
    done = subprocess.run([program, "-o", "json", "--", "-x.pcap"], cwd=folder, capture_output=True, check=False,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 0 and json.loads(done.stdout)["captures"][0]["name"] == "-x.pcap", done.stderr


def a_pipe_with_a_name_is_read(program, folder):
    os.mkfifo(folder / "pipe")
    process = subprocess.Popen([program, "-o", "json", folder / "pipe"], stdout=subprocess.PIPE)
    (folder / "pipe").write_bytes(capture.pcap(talk.accepted(talk.START)))
    assert json.loads(process.communicate(timeout=60)[0])["captures"][0]["packets"] == 2


CHECKS = [
    times_are_right_in_every_format, a_time_that_cannot_be_is_none,
    no_verdict_rests_on_a_clock_that_was_set, all_times_alike_tell_nothing_of_time, a_bomb_takes_no_memory,
    compression_may_be_cut_joined_or_nested, names_are_told_harmlessly, a_leading_dash_is_a_name_behind_two_dashes,
    a_pipe_with_a_name_is_read,
]


def main():
    program, bad = pathlib.Path(sys.argv[1]).resolve(), 0
    for check in CHECKS:
        with tempfile.TemporaryDirectory() as name:
            try:
                check(program, pathlib.Path(name))
            except AssertionError as error:
                print(f"{check.__name__}: {error}")
                bad += 1
    print(f"{len(CHECKS)} checks, {bad} bad")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
