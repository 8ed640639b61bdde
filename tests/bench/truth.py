"""What the generator says is in a capture, against what whyreg reported.

To compare one more thing, add a line to COUNTS or to CLASSES.
"""

import collections
import re


def register_responses(truth):
    register = truth["register"]
    finals = sum(value for name, value in register.items() if name.startswith("final_"))
    return register["provisional_100"] + finals + register["response_retransmissions"]


# (name, from the truth, from the report, whether a difference is an error)
COUNTS = [
    ("packets", lambda t: t["capture"]["packets"], lambda r: sum(c["packets"] for c in r["captures"]), True),
    ("sip_messages", lambda t: t["sip"]["messages"], lambda r: r["counts"]["sip_messages"], True),
    ("register_requests", lambda t: t["sip"]["register_requests"], lambda r: r["counts"]["register_requests"], True),
    ("register_responses", register_responses, lambda r: r["counts"]["register_responses"], True),
    ("fragments_reassembled", lambda t: t["capture"]["fragmented_datagrams"],
     lambda r: r["counts"]["fragments_reassembled"], True),
    ("stream_gaps", lambda t: 0, lambda r: r["counts"]["stream_gaps"], True),
    ("duplicate_packets", lambda t: 0, lambda r: r["counts"]["duplicate_packets"], True),
    ("devices", lambda t: t["devices"]["seen"], lambda r: len(addresses_of(r)), True),
    ("retransmissions", lambda t: t["register"]["request_retransmissions"] + t["register"]["response_retransmissions"],
     lambda r: r["counts"]["retransmissions"], False),
    ("forgotten", lambda t: 0, lambda r: forgotten(r), False),
]

# class of the generator: the findings that name it. Empty: there is none to find.
CLASSES = {
    "ok": set(),
    "bad403": {"credentials_refused", "password_wrong", "account_not_allowed"},
    "bad401": {"credentials_refused", "challenge_loop", "password_wrong"},
    "notfound": {"account_unknown"},
    "silent": {"register_unanswered", "request_ignored"},
    "lossy": {"answer_lost"},
    "rebind": {"binding_lapsed", "nat_mapping_changed", "nat_mapping_expired", "refresh_late"},
    "brief": {"interval_too_brief"},
    "flap": set(),
    "overload": {"server_unavailable"},
    "stale": set(),
}


def plain_aor(text):
    """user@host in one spelling: no scheme, no port, no parameters."""
    text = re.sub(r"^sips?:", "", str(text or ""), flags=re.IGNORECASE)
    user, at, host = re.split(r"[;?]", text)[0].rpartition("@")
    return user + at + host.split(":")[0].lower()


def addresses_of(report):
    return {plain_aor(device["aor"]) for device in report["devices"] if device.get("aor")}


def forgotten(report):
    return sum(value for value in report["counts"]["forgotten"].values() if isinstance(value, int))


def judge_counts(truth, report):
    """(name, expected, got, whether it must be equal) for each of COUNTS."""
    return [(name, expected(truth), got(report), binding) for name, expected, got, binding in COUNTS]


def expected_state(device):
    """The state at the end of the capture, as the report should give it; None where the truth does not tell."""
    if device["bound_at_end"]:
        return "registered"
    if device["last_status"] >= 400 and device["ok"] == 0 and device["last_status"] != 401:
        return "refused"
    if device["ok"] == 0 and device["timeouts"] > 0 and device["failed"] == 0:
        return "unanswered"
    return None


def judge_devices(devices, report):
    """One line for each class: how many devices have the right state, and what was found on them."""
    states = {plain_aor(device["aor"]): device["state"] for device in report["devices"]}
    findings = collections.defaultdict(set)
    failures = collections.Counter()
    for finding in report["findings"]:
        aor = plain_aor(finding.get("aor"))
        findings[aor].add(finding["id"])
        failures[aor] += finding["severity"] == "failure"

    members = collections.defaultdict(list)
    for device in devices:
        members[device["class"]].append(device)
    for name in sorted(members):
        told = [(expected_state(d), states.get(plain_aor(d["aor"]))) for d in members[name]]
        told = [(expected, got) for expected, got in told if expected is not None]
        aors = [plain_aor(d["aor"]) for d in members[name]]
        named = sum(bool(findings[aor] & CLASSES.get(name, set())) for aor in aors)
        failing = sum(failures[aor] > 0 for aor in aors)
        others = collections.Counter(i for aor in aors for i in findings[aor] - CLASSES.get(name, set()))
        most = ", ".join(f"{i} {n}" for i, n in others.most_common(3))
        yield (f"{name:9} {len(aors):6} devices, state right {sum(e == g for e, g in told):6} of {len(told):6}, "
               f"named {named:6}, with a failure {failing:6}" + (f", also {most}" if most else ""))
