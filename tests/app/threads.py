#!/usr/bin/env python3
"""Fails when the report depends on how many threads wrote it.

The frames of all samples, again and again, are enough to start the thread of the analysis; on one
processor the same capture goes through the same code in one thread. Both must say the same.
"""

import os
import pathlib
import struct
import subprocess
import sys
import tempfile

ETHERNET = 1
HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, ETHERNET)
ROUNDS = 5
PAUSE = 3600  # seconds between two samples


def frames_of(path):
    """Seconds, microseconds, length on the wire and bytes of each frame; none of another format."""
    data = path.read_bytes()
    if data[:4] != HEADER[:4] or struct.unpack_from("<I", data, 20)[0] != ETHERNET:
        return []
    frames, at = [], 24
    while at + 16 <= len(data):
        seconds, fraction, length, wire = struct.unpack_from("<IIII", data, at)
        frames.append((seconds, fraction, wire, data[at + 16 : at + 16 + length]))
        at += 16 + length
    return frames


def write_all(samples, path):
    now, count = 1_700_000_000, 0
    with open(path, "wb") as out:
        out.write(HEADER)
        for _ in range(ROUNDS):
            for sample in samples:
                frames = frames_of(sample)
                for seconds, fraction, wire, data in frames:
                    out.write(struct.pack("<IIII", now + seconds - frames[0][0], fraction, len(data), wire) + data)
                if frames:
                    now += frames[-1][0] - frames[0][0] + PAUSE
                    count += len(frames)
    return count


def run(program, path, processors):
    command = [program, "-q", "--output=json", "--output=jsonl:" + path + ".jsonl", path]
    done = subprocess.run(command, capture_output=True, preexec_fn=lambda: os.sched_setaffinity(0, processors))
    return done.stdout + done.stderr + pathlib.Path(path + ".jsonl").read_bytes()


def main():
    program, samples = sys.argv[1], sorted(pathlib.Path(sys.argv[2]).glob("*.pcap"))
    processors = os.sched_getaffinity(0)
    if len(processors) < 2:
        print("one processor only")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "all.pcap")
        count = write_all(samples, path)
        one = run(program, path, {min(processors)})
        many = [run(program, path, processors) for _ in range(3)]
    same = len(one) > 1_000_000 and all(report == one for report in many)
    print(f"{count} frames, {len(one)} bytes of reports: {'the same' if same else 'NOT the same'}")
    return not same


if __name__ == "__main__":
    sys.exit(main())
