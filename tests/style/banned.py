#!/usr/bin/env python3
"""Fails when the program calls a function that hostile input turns against it.

usage: banned.py ROOT BINARY

Both are looked at: the binary shows what macros and libraries' inline functions
bring in, the sources show what the optimiser has replaced (atoi by strtol).
"""

import pathlib
import re
import subprocess
import sys

BANNED = {
    "alloca", "atof", "atoi", "atol", "atoll", "g_str_hash", "gets", "popen", "scanf", "sprintf", "sscanf",
    "stpcpy", "strcat", "strcpy", "strncat", "strncpy", "strtok", "system", "tmpnam", "vsprintf",
}
CALL = re.compile(r"\b(%s)\b(?=\s*[(,)])" % "|".join(sorted(BANNED)))
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)


def plain(symbol):
    """What the source called it: without version, checked and ISO spellings."""
    name = symbol.split("@")[0]
    name = re.sub(r"^__isoc\d+_", "", name)
    return re.sub(r"^__(\w+)_chk$", r"\1", name)


def in_binary(binary):
    listed = subprocess.run(["nm", "--dynamic", "--undefined-only", binary],
                            capture_output=True, text=True, check=True).stdout
    symbols = {plain(line.split()[-1]) for line in listed.splitlines() if line.split()}
    if not symbols:
        sys.exit(f"{binary} uses no function at all: is it the program?")
    return [f"{binary} calls {name}()" for name in sorted(symbols & BANNED)]


def in_sources(root):
    bad = []
    for path in sorted(p for top in ("include", "src") for p in (root / top).rglob("*.[ch]")):
        code = NOT_CODE.sub(lambda m: "\n" * m.group(0).count("\n"), path.read_text())
        for number, line in enumerate(code.splitlines(), 1):
            bad += [f"{path.relative_to(root)}:{number} uses {name}" for name in CALL.findall(line)]
    return bad


def main():
    bad = in_binary(sys.argv[2]) + in_sources(pathlib.Path(sys.argv[1]))
    print("\n".join(bad or ["nothing banned is used"]))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
