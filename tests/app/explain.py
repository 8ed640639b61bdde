#!/usr/bin/env python3
"""Fails when "whyreg explain" does not tell the story of a finding, or of a status code.

usage: explain.py PROGRAM SAMPLES
"""

import os
import pathlib
import re
import subprocess
import sys

PARTS = ["What should happen", "What it means", "How it looks", "Not to be confused with", "What to do",
         "How to mend it", "See"]
ALWAYS = ["What it means", "Not to be confused with", "What to do", "See"]
COMMON = ["register_unanswered", "challenge_unanswered", "password_wrong", "answer_lost", "nat_mapping_expired",
          "sip_alg", "binding_lapsed", "refused_unchallenged", "dns_failed", "tls_failed", "interval_too_brief"]


def main():
    program, samples = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    bad = []

    def run(*words, course=str(samples)):
        return subprocess.run([program, "explain", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env={**os.environ, "WHYREG_SAMPLES": course}, timeout=60, check=False)

    ids = re.findall(r"^(\w+) +(?:failure|warning|note) ", run().stdout, re.MULTILINE)
    for name in ids:
        done = run(name)
        labels = re.findall(r"^([A-Z].*)$", done.stdout, re.MULTILINE)
        told = [label for label in labels if label in PARTS]
        if done.returncode or not done.stdout.startswith(f"{name}: "):
            bad.append(f"{name}: {done.returncode}, {done.stderr}")
        if told != [label for label in PARTS if label in told] or not set(ALWAYS) <= set(told):
            bad.append(f"{name}: {told}")
        if any(len(line) > 80 for line in done.stdout.splitlines()[1:]):
            bad.append(f"{name}: a line is longer than 80 columns")
        if name in COMMON and told != PARTS:
            bad.append(f"{name} tells {told} only")
    bad += [f"{name} is not in the catalogue" for name in COMMON if name not in ids]

    lesson = re.search(r"^To see one\n  whyreg lesson (\d+)$", run("sip_alg").stdout, re.MULTILINE)
    if not lesson:
        bad.append("no lesson is named")
    if "To see one" in run("sip_alg", course="/nonexistent").stdout:
        bad.append("a lesson is named where there is no course")
    for words, status, part in ((["403"], 0, "403 Forbidden"), (["nonsense"], 2, ""), (["42"], 2, ""), (["700"], 2, "")):
        done = run(*words)
        if done.returncode != status or part not in done.stdout or bool(done.stderr) != bool(status):
            bad.append(f"{words}: {done.returncode}, {done.stdout}{done.stderr}")
    print("\n".join([*bad, f"{len(ids)} findings, {len(bad)} troubles"]))
    return bool(bad) or len(ids) < 50


if __name__ == "__main__":
    sys.exit(main())
