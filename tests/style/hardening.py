#!/usr/bin/env python3
"""Fails when the program was linked without the usual armour.

usage: hardening.py BINARY FORTIFY    FORTIFY is the level it was built with, 0 for none
"""

import re
import subprocess
import sys


def readelf(option, binary):
    return subprocess.run(["readelf", "--wide", option, binary], capture_output=True, text=True, check=True).stdout


def main():
    binary, fortify = sys.argv[1], int(sys.argv[2])
    header = readelf("--file-header", binary)
    segments = readelf("--segments", binary)
    dynamic = readelf("--dynamic", binary)
    symbols = readelf("--dyn-syms", binary)
    stack = re.search(r"GNU_STACK.*", segments)
    writable_code = [line for line in segments.splitlines() if re.search(r"LOAD.*\bRWE\b", line)]

    checks = {
        "is position independent": bool(re.search(r"Type:\s+DYN", header)) and "PIE" in dynamic,
        "has a relocation table that becomes read-only": "GNU_RELRO" in segments,
        "binds every function at start": "BIND_NOW" in dynamic or re.search(r"FLAGS_1.*\bNOW\b", dynamic),
        "has a stack that does not execute": stack is not None and "RWE" not in stack.group(0),
        "has no code that can be written": not writable_code,
        "has no run path": not re.search(r"\((RPATH|RUNPATH)\)", dynamic),
        "checks its stack frames": "__stack_chk_fail" in symbols,
        "has bounds checks of the C library": fortify == 0 or re.search(r"\b__\w+_chk\b", symbols.replace("__stack_chk_fail", "")),
    }
    for text, good in checks.items():
        print(f"{'yes' if good else 'NO '} {text}")
    return not all(checks.values())


if __name__ == "__main__":
    sys.exit(main())
