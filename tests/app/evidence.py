#!/usr/bin/env python3
"""Fails when "whyreg -w" does not write the frames behind the findings, all of them and as they were.

usage: evidence.py PROGRAM MKPCAP SAMPLES
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import pcapng

# The refused REGISTER comes in four segments, between which another phone's traffic passes.
SEGMENTS = """
vantage client
phone transport=tcp
phone bob 192.168.1.11 transport=tcp
at 0.000   phone -> server   connect
at 0.001   bob -> server     connect
at 0.010   phone -> server   REGISTER segment=200
at 0.020   server -> phone   401 segment=150
at 0.040   phone -> server   REGISTER auth segment=200
at 0.060   server -> phone   403
at 0.070   bob -> server     registration segment=200
end 60
"""


class Checks:
    def __init__(self, program, folder):
        self.program, self.folder, self.bad, self.done = program, folder, [], 0

    def run(self, *words):
        return subprocess.run([self.program, *map(str, words)], cwd=self.folder, stdin=subprocess.DEVNULL,
                              env={**os.environ, "LC_ALL": "C.UTF-8"}, capture_output=True, timeout=60,
                              check=False)

    def expect(self, what, good):
        self.done += 1
        if not good:
            self.bad.append(what)


def cited(report):
    """Frame and finding for everything that a JSON report cites."""
    return [(fact["frame"], finding["id"]) for finding in report["findings"] for fact in finding["evidence"]
            if fact["frame"] is not None]


def numbers(packets):
    return [int(re.match(r".*, frame (\d+)", packet[4]).group(1)) for packet in packets]


def check_file(checks, capture):
    """What is written for one capture; the packets."""
    out = checks.folder / "evidence.pcapng"
    done = checks.run("-o", "json", "-w", out, capture)
    checks.expect(f"{capture.name}: ends with {done.returncode}\n{done.stderr.decode()}", done.returncode in (0, 1))
    interfaces, packets = pcapng.read(out.read_bytes())
    frames = pcapng.read_pcap(capture.read_bytes())
    wanted = cited(json.loads(done.stdout))
    for (interface, time, data, _, comment), number in zip(packets, numbers(packets)):
        checks.expect(f"{capture.name}: frame {number} is another", frames[number - 1] == (time, data))
        checks.expect(f"{capture.name}: frame {number} of another file", interfaces[interface][1] == capture.name)
        for frame, finding in wanted:
            if frame == number:
                checks.expect(f"{capture.name}: frame {number} does not say {finding}", f"\n{finding} (" in comment)
    checks.expect(f"{capture.name}: frames are missing", {frame for frame, _ in wanted} <= set(numbers(packets)))
    checks.expect(f"{capture.name}: not in order", numbers(packets) == sorted(set(numbers(packets))))
    again = checks.run("-o", "json", out)
    checks.expect(f"{capture.name}: cannot be read again", again.returncode in (0, 1)
                  and json.loads(again.stdout)["captures"][0]["packets"] == len(packets)
                  and json.loads(again.stdout)["captures"][0]["complete"])
    return packets


def parts_of(packets, whole):
    return [number for packet, number in zip(packets, numbers(packets))
            if f"part of the message that frame {whole} completes" in packet[4]]


def check_fragments(checks, samples):
    packets = check_file(checks, samples / "large_register_lost.pcap")
    frames = pcapng.read_pcap((samples / "large_register_lost.pcap").read_bytes())
    # Of a datagram in fragments all but the last have the flag for more.
    last = [n for n in numbers(packets) if frames[n - 1][1][20] & 0x20 == 0 and frames[n - 1][1][20:22] != b"\0\0"]
    checks.expect("no fragmented datagram is cited", last)
    for number in last:
        checks.expect(f"the fragments of frame {number}", number - 1 in parts_of(packets, number))


def check_segments(checks, mkpcap):
    text, capture = checks.folder / "segments.txt", checks.folder / "segments.pcap"
    text.write_text(SEGMENTS)
    subprocess.run([mkpcap, text, capture], check=True)
    packets = check_file(checks, capture)
    whole = max(n for n in numbers(packets) if parts_of(packets, n))
    parts = parts_of(packets, whole)
    checks.expect(f"the segments of frame {whole} are {parts}", parts == list(range(whole - len(parts), whole)))
    checks.expect(f"only {len(parts)} segments", len(parts) >= 3)
    # The second segment comes last: then it completes the message.
    frames = pcapng.read_pcap(capture.read_bytes())
    frames.insert(whole - 1, frames.pop(parts[1] - 1))
    frames = [(frames[0][0] + i * 1_000_000, frame) for i, (_, frame) in enumerate(frames)]
    capture.write_bytes(pcapng.write_pcap(frames))
    swapped = check_file(checks, capture)
    checks.expect(f"out of order: {numbers(swapped)}", set(parts) | {whole} <= set(numbers(swapped)))
    checks.expect("out of order: not all parts are marked",
                  sum("part of the message" in packet[4] for packet in swapped) == len(parts))


def check_several(checks, samples):
    """Of two captures each frame names its own."""
    for name in ("credentials_refused", "large_register_lost"):
        shutil.copy(samples / f"{name}.pcap", checks.folder / f"{name}.pcap")
    done = checks.run("-q", "-w", "both.pcapng", "credentials_refused.pcap", "large_register_lost.pcap")
    interfaces, packets = pcapng.read((checks.folder / "both.pcapng").read_bytes())
    checks.expect("two captures", done.returncode == 1 and len(interfaces) == 2)
    checks.expect("a frame under another's name",
                  all(packet[4].startswith(interfaces[packet[0]][1] + ", frame ") for packet in packets))


def check_selection(checks, samples):
    """Only of what is shown."""
    out = checks.folder / "some.pcapng"
    done = checks.run("-q", "-w", out, "--finding", "no_such_finding", samples / "credentials_refused.pcap")
    checks.expect("nothing is selected", done.returncode == 0 and pcapng.read(out.read_bytes()) == ([], []))


def check_refusals(checks, samples):
    capture = checks.folder / "phone.pcap"
    shutil.copy(samples / "credentials_refused.pcap", capture)
    before = capture.read_bytes()
    old = checks.folder / "old.json"
    old.write_text("{}")
    refused = [
        (["-w", "no/such/folder/x.pcapng", capture], "cannot write no/such/folder/x.pcapng: No such file"),
        (["-w", "no/such/folder/x", "-o", "json:old.json", capture], "cannot write no/such/folder/x"),
        (["-w", "x", "-o", "json:old.json", "-o", "text:no/such/y", capture], "cannot write no/such/y"),
        (["-w", "x", "-"], "give a file"),
        (["-w", "x", "--redact", capture], "not with --redact"),
        (["-w", "x", "--follow", capture], "not with --follow"),
        (["-w", capture, capture], "not written over"),
        (["-o", f"json:{capture}", capture], "not written over"),
        (["-w", "-", capture], "standard output"),
        (["-o", "text:x", "-w", "x", capture], "both go to x"),
        (["compare", "-w", capture, capture, samples / "answer_lost.pcap"], "not written over"),
    ]
    for words, sentence in refused:
        done = checks.run(*words)
        error = done.stderr.decode()
        checks.expect(f"{words}: {done.returncode}, {error}", done.returncode == 2 and sentence in error
                      and done.stdout == b"" and error.startswith("whyreg: "))
        if error.startswith("whyreg: cannot"):
            checks.expect(f"{words}: more than one line", error.count("\n") == 1)
    checks.expect("the capture was written to", capture.read_bytes() == before)
    checks.expect("an old report is gone", old.read_text() == "{}")
    left = sorted(path.name for path in checks.folder.iterdir() if path.name.startswith(("x", "old")))
    checks.expect(f"files are left: {left}", left == ["old.json"])


def check_output(checks, samples):
    """To standard output, for "wireshark -k -i -"."""
    done = checks.run("-o", "text:report", "-w", "-", samples / "credentials_refused.pcap")
    checks.expect("to standard output", done.returncode == 1 and len(pcapng.read(done.stdout)[1]) > 0)


def check_wireshark(checks, packets, tshark):
    done = subprocess.run([tshark, "-r", checks.folder / "wireshark.pcapng", "-T", "fields", "-e", "frame.comment",
                           "-e", "frame.time_epoch"], capture_output=True, timeout=60, check=False)
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    checks.expect("Wireshark sees other frames", len(rows) == len(packets))
    for row, (_, time, _, _, comment) in zip(rows, packets):
        checks.expect(f"Wireshark shows {row[0]}", row[0].replace("\\n", "\n").replace("\\\\", "\\") == comment)
        checks.expect(f"Wireshark's time is {row[1]}", row[1] == f"{time // 10**9}.{time % 10**9:09}")


def main():
    program, mkpcap, samples = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        checks = Checks(program, pathlib.Path(folder))
        for capture in sorted(samples.glob("*.pcap")):
            if len(capture.read_bytes()) > 24 and capture.read_bytes()[:4] == b"\xd4\xc3\xb2\xa1":
                check_file(checks, capture)
        check_fragments(checks, samples)
        shutil.copy(checks.folder / "evidence.pcapng", checks.folder / "wireshark.pcapng")
        if tshark := shutil.which("tshark"):
            check_wireshark(checks, pcapng.read((checks.folder / "wireshark.pcapng").read_bytes())[1], tshark)
        check_segments(checks, mkpcap)
        check_several(checks, samples)
        check_selection(checks, samples)
        check_output(checks, samples)
        check_refusals(checks, samples)
    print("\n".join([*checks.bad[:40], f"{checks.done} checks, {len(checks.bad)} failed"]))
    return bool(checks.bad)


if __name__ == "__main__":
    sys.exit(main())
