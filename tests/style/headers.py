#!/usr/bin/env python3
"""Fails when a header of include/ does not compile alone.  usage: headers.py ROOT COMPILER..."""

import concurrent.futures
import pathlib
import subprocess
import sys

PACKAGES = ["glib-2.0", "json-glib-1.0", "libpcap"]
FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-x", "c", "-"]


def main():
    root, compiler = pathlib.Path(sys.argv[1]), sys.argv[2:]
    include = root / "include"
    found = subprocess.run(["pkg-config", "--cflags", *PACKAGES], capture_output=True, text=True, check=True)
    command = [*compiler, "-I", str(include), *found.stdout.split(), *FLAGS]

    def compile_alone(path):
        # Twice, because a header without "#pragma once" fails the second time.
        text = f'#include "{path.relative_to(include)}"\n' * 2
        return path, subprocess.run(command, input=text, capture_output=True, text=True, check=False)

    headers = sorted(include.rglob("*.h"))
    bad = 0
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for path, done in pool.map(compile_alone, headers):
            if done.returncode:
                bad += 1
                print(f"{path.relative_to(root)} does not compile alone:\n{done.stderr}")
    print(f"{len(headers)} headers, {bad} do not compile alone")
    return bool(bad) or not headers


if __name__ == "__main__":
    sys.exit(main())
