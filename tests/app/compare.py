#!/usr/bin/env python3
"""whyreg compare, from the outside.

usage: compare.py PROGRAM PLACES
"""

import json
import pathlib
import subprocess
import sys


def run(program, *arguments, stdin=subprocess.DEVNULL):
    return subprocess.run([program, *arguments], stdin=stdin, capture_output=True, timeout=60, check=False)


def report(program, *arguments):
    done = run(program, *arguments, "-o", "json")
    assert done.returncode in (0, 1), done.stderr.decode()
    return json.loads(done.stdout)


def refuses_what_can_be_read_only_once(program, places):
    with open(places / "alg_outside.pcap", "rb") as pipe:
        done = run(program, "compare", places / "alg_inside.pcap", "-", stdin=pipe)
    assert done.returncode == 2, done.returncode
    assert b"standard input" in done.stderr and b"give a file" in done.stderr, done.stderr


def one_place_is_read_once(program, places):
    with open(places / "alg_outside.pcap", "rb") as pipe:
        done = run(program, "-o", "json", "-", stdin=pipe)
    assert done.returncode in (0, 1), done.stderr
    capture = json.loads(done.stdout)["captures"][0]
    assert capture["clock_offset_seconds"] is None and capture["clock_uncertainty_seconds"] is None, capture


def the_order_does_not_matter_where_places_are_named(program, places):
    inside, outside = f"client={places / 'alg_inside.pcap'}", f"server={places / 'alg_outside.pcap'}"
    first, second = report(program, inside, outside), report(program, "compare", outside, inside)
    assert first["captures"] == second["captures"][::-1]
    assert [finding["summary"] for finding in first["findings"]] == [f["summary"] for f in second["findings"]]


def the_wrong_way_round_is_refused(program, places):
    done = run(program, "compare", places / "alg_outside.pcap", places / "alg_inside.pcap")
    assert done.returncode == 2 and b"wrong way round" in done.stderr, (done.returncode, done.stderr)


def every_changed_header_is_told(program, places):
    """What the Linux ALG does, byte by byte; the laboratory noted it when the captures were made."""
    (finding,) = [f for f in report(program, "compare", places / "alg_inside.pcap",
                                    places / "alg_outside.pcap")["findings"] if f["id"] == "sip_alg"]
    told = {(change["direction"], change["header"], change["param"], change["inside"], change["outside"],
             change["count"], change["of"]) for change in finding["diff"]}
    private, public = "192.168.1.10", "203.0.113.2"
    assert finding["grade"] == "proven" and finding["compared"] == 22, finding
    assert told == {
        ("out", "Via", None, f"{private}:5060", f"{public}:5060", 6, 6),
        ("out", "Contact", None, f"{private}:5060", f"{public}:5060", 6, 6),
        ("in", "Via", None, f"{private}:5060", f"{public}:5060", 6, 6),
        ("in", "Via", "received", private, public, 6, 6),
        ("in", "Contact", None, f"{private}:5060", f"{public}:5060", 2, 2),
        ("in", "Request-URI", None, f"{private}:5060", f"{public}:5060", 5, 5),
        ("out", "Contact", None, f"{private}:5060", f"{public}:5060", 4, 4),
        ("out", "Content-Length", None, "258", "256", 1, 5),
        ("out", "SDP o=", None, private, public, 1, 1),
        ("out", "SDP c=", None, private, public, 1, 1),
    }, told


def a_nat_alone_changes_nothing(program, places):
    whole = report(program, "compare", places / "plain_inside.pcap", places / "plain_outside.pcap")
    assert not [f["id"] for f in whole["findings"] if "diff" in f or f["severity"] != "note"], whole["findings"]


def a_proxy_is_a_note(program, places):
    whole = report(program, "compare", places / "proxy_inside.pcap", places / "proxy_outside.pcap")
    found = {f["id"]: f["severity"] for f in whole["findings"]}
    assert found.get("message_rewritten") == "note" and "sip_alg" not in found, found


def a_lost_answer_is_located(program, places):
    whole = report(program, "compare", places / "lost_inside.pcap", places / "lost_outside.pcap")
    first = whole["findings"][0]
    assert (first["id"], first["grade"]) == ("answer_lost", "proven"), first
    assert "never reached the one beside the phone" in first["summary"], first


def main():
    program, places = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    for test in (refuses_what_can_be_read_only_once, one_place_is_read_once,
                 the_order_does_not_matter_where_places_are_named, the_wrong_way_round_is_refused, every_changed_header_is_told,
                 a_nat_alone_changes_nothing, a_proxy_is_a_note, a_lost_answer_is_located):
        test(program, places)


if __name__ == "__main__":
    main()
