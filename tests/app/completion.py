#!/usr/bin/env python3
"""Fails when a shell completes something else than the program takes.

usage: completion.py PROGRAM ROOT

bash is asked as a user would press the tabulator; zsh, which completes only at a
terminal, for its syntax, and its file for the options.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ASK = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_whyreg 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""


def main():
    program, root = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    bash, zsh = root / "data/completions/whyreg.bash", root / "data/completions/_whyreg"
    bad = []

    def expect(what, found, wanted):
        if found != wanted:
            bad.append(f"{what}: too many {sorted(found - wanted)}, missing {sorted(wanted - found)}")

    def options(*words):
        told = subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=True).stdout
        lines = re.findall(r"^ +(-., )?(--[a-z-]+)", told, re.MULTILINE)
        return {word.rstrip(", ") for pair in lines for word in pair if word}

    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "whyreg").symlink_to(program)
        (pathlib.Path(folder) / "some.pcap").touch()
        environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "WHYREG_SAMPLES": str(root / "samples")}

        def ask(*words):
            done = subprocess.run(["bash", "-c", ASK, "ask", bash, "whyreg", *words], env=environment, cwd=folder,
                                  capture_output=True, text=True, timeout=60, check=False)
            return set(done.stdout.split())

        long_ones = {word for word in options() if word.startswith("--")}
        expect("whyreg --", ask("--"), long_ones)
        expect("whyreg compare --", ask("compare", "--"), long_ones)
        expect("whyreg digest --", ask("digest", "--"), {word for word in options("digest") if word.startswith("--")})
        expect("whyreg watch --", ask("watch", "--"), {word for word in options("watch") if word.startswith("--")})
        expect("whyreg explain --", ask("explain", "--"), {word for word in options("explain") if len(word) > 2})
        expect("whyreg lesson --", ask("lesson", "--"), {word for word in options("lesson") if len(word) > 2})
        for command in ("history", "report", "state"):
            expect(f"whyreg {command} --", ask(command, "--"),
                   {word for word in options(command) if word.startswith("--")})
        expect("whyreg", ask(""), {"analyze", "compare", "digest", "explain", "history", "lesson", "report", "some.pcap",
                                   "state", "watch", "whyreg"})
        expect("whyreg --vantage=", ask("--vantage", "="), {"auto", "client", "middle", "server"})
        expect("whyreg --vantage=s", ask("--vantage", "=", "s"), {"server"})
        expect("whyreg -o", ask("-o", "j"), {"json", "jsonl"})
        expect("whyreg explain", ask("explain", "binding_f"), {"binding_fight"})
        expect("whyreg --finding", ask("--finding", "sip_"), {"sip_alg", "sip_alg_corruption"})
        expect("whyreg lesson", ask("lesson", "3") & {"1", "3", "30", "31"}, {"3", "30", "31"})
        expect("whyreg --since", ask("--since", ""), set())
        expect("whyreg -r", ask("-r", "so"), {"some.pcap"})

    known = set().union(*(options(*words) for words in ([], ["digest"], ["watch"], ["history"], ["report"], ["state"])))
    text = zsh.read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]*)(?![a-z])", text))
    expect("_whyreg", named, {word for word in known if word.startswith("--")})
    for shell, path in (("bash", bash), ("zsh", zsh)):
        if shutil.which(shell):
            done = subprocess.run([shell, "-n", path], capture_output=True, text=True, check=False)
            if done.returncode or done.stderr:
                bad.append(f"{path.name}: {done.stderr}")
        else:
            print(f"there is no {shell} here")
    print("\n".join(bad or ["what the shells complete is what the program takes"]))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
