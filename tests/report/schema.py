#!/usr/bin/env python3
"""Fails when the JSON report of a capture is not what docs/report.schema.json says.

usage: schema.py SCHEMA BINARY CAPTURE...    a CAPTURE may be a folder of them

Each capture is analysed alone and all of them together.
"""

import json
import pathlib
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

PROBLEMS_SHOWN = 10


def report_of(binary, captures):
    """The document, or None and what is wrong with the run."""
    done = subprocess.run([binary, "-o", "json", "--", *captures], capture_output=True, check=False, timeout=120)
    if done.returncode not in (0, 1):
        return None, f"exit status {done.returncode}: {done.stderr.decode(errors='replace').strip()}"
    try:
        return json.loads(done.stdout), None
    except ValueError as error:
        return None, f"no JSON: {error}"


def problems_of(validator, document):
    rows = []
    for error in validator.iter_errors(document):
        place = "/".join(str(part) for part in error.absolute_path)
        rows.append(f"{place}: {error.message[:200]}")
    ids = {device["id"] for device in document.get("devices", [])}
    if len(ids) != len(document.get("devices", [])):
        rows.append("devices: an id is there twice")
    names = {capture["name"] for capture in document.get("captures", [])}
    for number, finding in enumerate(document.get("findings", [])):
        for fact in finding["evidence"]:
            if fact["frame"] is not None and fact["capture"] not in names:
                rows.append(f"findings/{number}: cites a capture that is not there")
    return rows


def captures_of(arguments):
    captures = []
    for argument in map(pathlib.Path, arguments):
        captures += sorted(argument.glob("*.pcap*")) if argument.is_dir() else [argument]
    return [str(capture) for capture in captures]


def main():
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    binary, captures = sys.argv[2], captures_of(sys.argv[3:])
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    runs = [[capture] for capture in captures] + ([captures] if len(captures) > 1 else [])
    bad = 0
    for run in runs:
        document, trouble = report_of(binary, run)
        rows = [trouble] if trouble else problems_of(validator, document)
        bad += bool(rows)
        for row in rows[:PROBLEMS_SHOWN]:
            print(f"{run[0]}{' ...' if len(run) > 1 else ''}: {row}")
    print(f"{len(runs)} reports, {bad} not as the schema says")
    return bool(bad) or not runs


if __name__ == "__main__":
    sys.exit(main())
