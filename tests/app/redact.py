#!/usr/bin/env python3
"""Fails when a report that was made with --redact tells whose it is.

usage: redact.py PROGRAM SAMPLES

Takes every name from the packets themselves: users, hosts, addresses, Call-IDs,
tags, nonces, responses. None of them may stand in any format.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

FORMATS = ["text", "json", "jsonl", "html", "csv"]
MESSAGE = re.compile(rb"(?:[A-Z]+ \S+ SIP/2\.0|SIP/2\.0 \d{3} [^\r\n]*)\r\n(?:[^\r\n]+\r\n)+")
SECRETS = re.compile(r'\b(?:nonce|cnonce|response|opaque|nextnonce)="([^"]{7,})"')
CALL_ID = re.compile(r"^(?:Call-ID|i): *(\S+)", re.MULTILINE | re.IGNORECASE)
TAG = re.compile(r";tag=([^;\s]{5,})")
USER = re.compile(r'(?:sips?:([^@;>\s:]+)@|username="([^"]+)")')
HOST = re.compile(r'(?:@|sips?:)([A-Za-z][\w.-]*\.[A-Za-z]{2,})')
REALM = re.compile(r'realm="([^"]+)"')
ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")

# Tokens that a name may be like, and words that are no names.
TOKEN = re.compile(r"(?:192\.0\.2|198\.51\.100|203\.0\.113|10\.0\.0)\.\d+|127\.0\.0\.1|0\.0\.0\.0|\w+\.example")
WORDS = {"phone", "server"}


def run(program, capture, *options):
    done = subprocess.run([program, *options, capture.name], cwd=capture.parent, stdin=subprocess.DEVNULL,
                          env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8", "ACCOUNT": "alice:*:wrong"},
                          capture_output=True, timeout=60, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{capture.name}: {program} ended with {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def names_of(capture):
    text = "\n".join(m.group(0).decode(errors="replace") for m in MESSAGE.finditer(capture.read_bytes()))
    agents = " ".join(re.findall(r"^(?:User-Agent|Server): *(.*)$", text, re.MULTILINE))
    found = {name for pattern in (SECRETS, CALL_ID, TAG, HOST, REALM) for name in pattern.findall(text)}
    found |= {name for pair in USER.findall(text) for name in pair if len(name) > 2}
    found |= set(ADDRESS.findall(text)) | {capture.name}
    return {name for name in found if not TOKEN.fullmatch(name) and name not in WORDS and name not in agents}


def told(text, name):
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) is not None


def values(thing):
    """Every text of a JSON document that is not our own words."""
    if isinstance(thing, dict):
        for key, value in thing.items():
            if key not in ("id", "title", "advice", "reference", "area", "verdict", "event", "user_agent"):
                yield from values(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from values(value)
    elif isinstance(thing, str):
        yield thing


def body_of(text, form):
    """The part of a report that may hold names: constant words of ours may be like one."""
    if form == "text":
        text = re.sub(r"^ +What to do:.*\n(?: {6}.*\n)*", "", text, flags=re.MULTILINE)
        return re.sub(r"\[\w+, \w+\]|^    Not \w+: |: [\w, ()]+$|\b[\d.]+ %", "", text, flags=re.MULTILINE)
    if form == "csv":
        return "\n".join(text.splitlines()[1:])
    if form == "html":
        islands = re.findall(r'<script type="application/json" id="\w+">(.*?)</script>', text, re.DOTALL)
        return "\n".join(value for island in islands for value in values(json.loads(island)))
    documents = [json.loads(text)] if form == "json" else [json.loads(line) for line in text.splitlines()]
    return "\n".join(value for document in documents for value in values(document))


def main():
    program, samples = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    bad, checked, plain = [], 0, 0
    for capture in sorted(samples.glob("*.pcap")):
        names = names_of(capture)
        open_report = run(program, capture, "-o", "json")
        plain += sum(told(open_report, name) for name in names)
        for form in FORMATS:
            options = ["--redact", "-v", "--ladder", "-o", form, "--credentials=env:ACCOUNT"]
            text = run(program, capture, *options)
            if text != run(program, capture, *options):
                bad.append(f"{capture.name}, {form}: two runs differ")
            body = body_of(text, form)
            bad += [f"{capture.name}, {form}: {name}" for name in sorted(names) if told(body, name)]
            checked += len(names)
    if plain < 100:
        bad.append(f"only {plain} names stand in the open reports: does the test find them?")
    print("\n".join([*bad[:40], f"{checked} names looked for, {len(bad)} troubles"]))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
