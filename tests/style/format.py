#!/usr/bin/env python3
"""Fails when clang-format 14 would write a C file differently. Other versions have other ideas."""

import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77


def formatter():
    """The path of clang-format 14, or None."""
    for name in ("clang-format-14", "clang-format"):
        path = shutil.which(name)
        if path is None:
            continue
        version = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        if re.search(r"version 14\.", version):
            return path
    return None


def main():
    root = pathlib.Path(sys.argv[1])
    program = formatter()
    if program is None:
        print("clang-format 14 is not installed")
        return SKIPPED
    files = [str(path) for top in ("include", "src", "tests") for path in sorted((root / top).rglob("*.[ch]"))]
    done = subprocess.run([program, "--dry-run", "-Werror", "--style=file", *files],
                          capture_output=True, text=True, check=False)
    bad = sorted({line.split(":", 1)[0] for line in done.stderr.splitlines() if "error:" in line})
    for name in bad:
        print(f"{pathlib.Path(name).relative_to(root)}: run clang-format -i on it")
    if done.returncode and not bad:
        print(done.stderr)
    print(f"{len(files)} files, {len(bad)} badly formatted")
    return bool(done.returncode)


if __name__ == "__main__":
    sys.exit(main())
