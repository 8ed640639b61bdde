#!/usr/bin/env python3
"""The samples: captures made from text, and what the program says about them.

usage: golden.py report [--update] PROGRAM SAMPLES NAME...   compare with NAME.expected, or rewrite it
       golden.py same PROGRAM SAMPLES NAME...                two runs must give identical JSON
       golden.py pcap [--update] MKPCAP SAMPLES NAME...      NAME.pcap must be what NAME.txt describes

The report is made with the passwords in NAME.credentials, where there are any.
"""

import difflib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

# What the caller's terminal, language and place of living could change.
PLAIN = {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def run(program, samples, name, output):
    """Standard output of one analysis; the program may end with 0 or 1. The passwords in NAME.credentials are in a
    file that only its owner can read, as the program wants it: a checkout keeps no such mode."""
    options = []
    with tempfile.TemporaryDirectory() as folder:
        secret = pathlib.Path(folder) / "credentials"
        if (samples / f"{name}.credentials").exists():
            shutil.copyfile(samples / f"{name}.credentials", secret)
            secret.chmod(0o600)
            options = ["--credentials", secret]
        done = subprocess.run([program, *options, "-o", output, f"{name}.pcap"], cwd=samples,
                              env={**os.environ, **PLAIN}, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{name}: {program} ended with {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def differences(name, expected, got):
    lines = [text.decode(errors="replace").splitlines(keepends=True) for text in (expected, got)]
    return "".join(difflib.unified_diff(*lines, f"{name}.expected", "what it says now"))


def report(program, samples, names, update):
    bad = 0
    for name in names:
        path = samples / f"{name}.expected"
        got = run(program, samples, name, "text")
        if update:
            path.write_bytes(got)
            continue
        if not path.exists():
            print(f"{path.name} is missing: meson compile update-golden")
            bad += 1
        elif path.read_bytes() != got:
            print(differences(name, path.read_bytes(), got) or f"{name}: the line ends differ")
            bad += 1
    return bad


def same(program, samples, names, _update):
    bad = 0
    for name in names:
        first, second = (run(program, samples, name, "json") for _ in range(2))
        if not first or first != second:
            print(f"{name}: two runs differ, or there is no report\n{differences(name, first, second)}")
            bad += 1
    return bad


def make(mkpcap, samples, name, folder):
    """The capture that the text describes; None when it comes from elsewhere."""
    path = folder / f"{name}.pcap"
    done = subprocess.run([mkpcap, samples / f"{name}.txt", path], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return path.read_bytes() if path.exists() else None


def pcap(mkpcap, samples, names, update):
    bad = 0
    found = {path.stem for ending in ("txt", "pcap") for path in samples.glob(f"*.{ending}")}
    for name in sorted(found ^ set(names)):
        print(f"{name}: is not both a sample and in samples/meson.build")
        bad += 1
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            fresh = make(mkpcap, samples, name, pathlib.Path(folder))
            path = samples / f"{name}.pcap"
            if fresh is not None and update:
                path.write_bytes(fresh)
            elif not path.exists():
                print(f"{path.name} is missing: meson compile samples")
                bad += 1
            elif fresh not in (None, path.read_bytes()):
                print(f"{path.name} is not what {name}.txt describes: meson compile samples")
                bad += 1
    return bad


def main():
    actions = {"report": report, "same": same, "pcap": pcap}
    update = "--update" in sys.argv
    arguments = [text for text in sys.argv[1:] if text != "--update"]
    if len(arguments) < 4 or arguments[0] not in actions:
        sys.exit(__doc__)
    program, samples = pathlib.Path(arguments[1]).resolve(), pathlib.Path(arguments[2])
    return bool(actions[arguments[0]](program, samples, arguments[3:], update))


if __name__ == "__main__":
    sys.exit(main())
