#!/usr/bin/env python3
"""Fails when "whyreg digest" computes something else than RFC 2617 and RFC 7616 say.

usage: digest.py PROGRAM SAMPLES

Computes every digest again with another library: those of the samples, the
published examples, and one login with one deviation after the other.
"""

import hashlib
import os
import pathlib
import re
import subprocess
import sys

OWN = {"user": "1001", "realm": "pbx.example.com", "method": "REGISTER", "uri": "sip:pbx.example.com",
       "nonce": "3f8a51c0d2b94e67a1b2c3d4e5f60718", "qop": "auth", "nc": "00000001", "cnonce": "0a4f113b",
       "account": "1001:pbx.example.com:Correct-Horse 7"}
MUFASA = {"user": "Mufasa", "realm": "testrealm@host.com", "method": "GET", "uri": "/dir/index.html",
          "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093", "qop": "auth", "nc": "00000001", "cnonce": "0a4f113b",
          "account": "Mufasa:*:Circle Of Life"}
HTTP = {"user": "Mufasa", "realm": "http-auth@example.org", "method": "GET", "uri": "/dir/index.html",
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "qop": "auth", "nc": "00000001",
        "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "account": "Mufasa:*:Circle of Life"}

# What is given beside those, and the verdict.
VECTORS = [
    (MUFASA, {"response": "6629fae49393a05397450978507c4ef1"}, "match"),
    (HTTP, {"response": "8ca523f5e9506fed4657c9700eebdbec"}, "match"),
    (HTTP, {"algorithm": "SHA-256", "response": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
     "match"),
    (OWN, {"response": "739598d2fd4783b47bcec05e09afbb57"}, "match"),
    (OWN, {"qop": None, "response": "9f9be15a65ef54d76f5fef40a84fb23e"}, "match"),
    (OWN, {"qop": "auth-int", "response": "621cface39e254d932aabda1474db2a4"}, "match"),
    (OWN, {"algorithm": "MD5-sess", "response": "2132c8e8c15685ef854a5ac870475697"}, "match"),
    (OWN, {"algorithm": "SHA-256", "response": "433e78d191791cc99995efe7ae2a8dbde9d1b9e54221b18b2519aae91f8ea714"},
     "match"),
    (OWN, {"algorithm": "SHA-512-256",
           "response": "4d4cde9f0f0201765bd0d1dd853f339d17c318253e2fe9cc9f74adc884e2a15e"}, "match"),
    (OWN, {"response": "9f9be15a65ef54d76f5fef40a84fb23e"}, "other_input (qop_ignored)"),
    (OWN, {"algorithm": "MD5-sess", "response": "dee298d70f24ba40a5dc2d5449c4ecfc"}, "other_input (session_binary)"),
    (OWN, {"response": "182cbdbb0824fc2bde41a5415a312e83"}, "other_input (method)"),
    (OWN, {"response": "7339c6354bad4d0c59efb6898c15b021"}, "other_input (secret_blank_added)"),
    (OWN, {"response": "43bee6a6c689b29a4591c628252ec882"}, "other_input (secret_case)"),
    (OWN, {"response": "80ec5b1166adc96a571350028eba2bec"}, "other_input (nc_short)"),
    (OWN, {"response": "1c75982ee3f7cb10a94c68cccac21c95"}, "other_input (secret_cut_short)"),
    (OWN, {"response": "00000000000000000000000000000000"}, "mismatch"),
    (OWN, {"response": "739598d2"}, "mismatch (response_malformed)"),
]

VALUES = ["user", "realm", "method", "uri", "nonce", "qop", "nc", "cnonce", "algorithm", "response"]


class Checks:
    def __init__(self, program):
        self.program = program
        self.done = 0
        self.bad = []

    def run(self, *arguments, account=None):
        environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        if account is not None:
            environment["ACCOUNT"] = account
            arguments = [*arguments, "--credentials=env:ACCOUNT"]
        return subprocess.run([self.program, "digest", *arguments], env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)

    def expect(self, what, found, wanted):
        self.done += 1
        if found != wanted:
            self.bad.append(f"{what}: {found!r} instead of {wanted!r}")


def lines_of(text):
    """{"HA2 = H(A2)": "39af...", ...}: the first of each label."""
    found = {}
    for label, value in re.findall(r"^  (\S.{0,10}?) +(\S.*)$", text, re.MULTILINE):
        found.setdefault(label, value)
    return found


def hash_of(algorithm, text):
    name = algorithm.upper().removesuffix("-SESS")
    return hashlib.new({"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}[name], text.encode()).hexdigest()


def response_of(given, password):
    algorithm = given.get("algorithm") or "MD5"
    ha1 = hash_of(algorithm, f"{given['user']}:{given['realm']}:{password}")
    if algorithm.lower().endswith("-sess"):
        ha1 = hash_of(algorithm, f"{ha1}:{given['nonce']}:{given['cnonce']}")
    a2 = f"{given['method']}:{given['uri']}"
    if given.get("qop") == "auth-int":
        a2 += ":" + hash_of(algorithm, "")
    middle = [given["nonce"]]
    if given.get("qop"):
        middle += [given["nc"], given["cnonce"], given["qop"]]
    return hash_of(algorithm, ":".join([ha1, *middle, hash_of(algorithm, a2)]))


def check_vectors(checks):
    for base, more, verdict in VECTORS:
        given = {**base, **more}
        password = given["account"].split(":", 2)[2]
        options = [f"--{name}={given[name]}" for name in VALUES if given.get(name)]
        done = checks.run(*options, account=given["account"])
        lines = lines_of(done.stdout)
        what = f"{given['user']} {more}"
        checks.expect(what, lines.get("verdict"), verdict)
        checks.expect(what, lines.get("expected"), response_of(given, password))
        checks.expect(what, done.returncode, int(verdict != "match"))
        checks.expect(f"{what}: the password is shown", password in done.stdout, False)


def check_masks(checks):
    options = [f"--{name}={OWN[name]}" for name in VALUES if OWN.get(name)]
    ha1 = hash_of("MD5", OWN["account"])
    masked = checks.run(*options, account=OWN["account"]).stdout
    shown = checks.run(*options, "--show-secrets", account=OWN["account"]).stdout
    checks.expect("A1", lines_of(masked).get("A1"), "1001:pbx.example.com:********")
    checks.expect("the HA1 is masked", ha1 in masked, False)
    checks.expect("A1 in full", lines_of(shown).get("A1"), OWN["account"])
    checks.expect("the HA1 in full", shown.count(ha1), 2)
    only_ha1 = checks.run(*options, account=f"1001:pbx.example.com:ha1:{ha1}").stdout
    checks.expect("an HA1 is enough", lines_of(only_ha1).get("expected"), response_of(OWN, "Correct-Horse 7"))
    checks.expect("and masked", ha1 in only_ha1, False)
    session = checks.run(*options, "--algorithm=MD5-sess", account=OWN["account"]).stdout
    checks.expect("so is the key of a session", ha1 in session, False)


def check_samples(checks, samples):
    account = "alice:*:secret"
    seen = 0
    for path in sorted(samples.glob("*.pcap")):
        listed = checks.run(str(path), account=account)
        checks.expect(path.name, listed.returncode in (0, 1), True)
        for frame in re.findall(r"^ *(\d+)  \d\d:\d\d:\d\d.* alice .* (?:match|mismatch)  ", listed.stdout, re.MULTILINE):
            done = checks.run(f"--frame={frame}", str(path), account=account)
            given = lines_of(done.stdout)
            given = {name: re.split(r"  +", given.get(name, ""))[0] for name in VALUES} | {"verdict": given["verdict"]}
            right = response_of(given, "secret")
            seen += 1
            checks.expect(f"{path.name} {frame}", lines_of(done.stdout).get("expected"), right)
            checks.expect(f"{path.name} {frame}", given["verdict"] == "match", right == given["response"])
    checks.expect("there are digests in the samples", seen > 20, True)


def check_list(checks, samples):
    done = checks.run(str(samples / "good_registration.pcap"), account="alice:*:secret")
    row = [line for line in done.stdout.splitlines() if line.strip().startswith("3 ")]
    checks.expect("the list", [line.split() for line in row],
                  [["3", "12:00:00.030", "REGISTER", "alice", "example.com", "MD5", "auth", "match", "frame", "2"]])
    checks.expect("all fit", done.returncode, 0)
    without = checks.run(str(samples / "good_registration.pcap"))
    checks.expect("without accounts", "no_secret" in without.stdout, True)
    empty = checks.run(str(samples / "register_unanswered.pcap"))
    checks.expect("a capture without logins", empty.stdout, "No request in the capture carries credentials.\n")


def check_refusals(checks, samples):
    good = str(samples / "good_registration.pcap")
    own = ["--user=1001", "--realm=r", "--uri=sip:a", "--nonce=n"]
    for what, arguments, account in (
            ("no capture", [], None),
            ("no credentials in the frame", ["--frame=1", good], None),
            ("frame 0", ["--frame=0", good], None),
            ("no such file", ["/nonexistent.pcap"], None),
            ("by hand and a capture", [*own, good], "1001:*:x"),
            ("by hand without credentials", own, None),
            ("by hand without a nonce", own[:3], "1001:*:x"),
            ("qop alone", [*own, "--qop=auth"], "1001:*:x"),
            ("nobody of that name", own, "2002:other:x"),
            ("a password on the command line", [*own, "--password=x"], "1001:*:x")):
        done = checks.run(*arguments, account=account)
        checks.expect(what, (done.returncode, bool(done.stderr), done.stdout), (2, True, ""))


def main():
    checks, samples = Checks(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    check_vectors(checks)
    check_masks(checks)
    check_list(checks, samples)
    check_samples(checks, samples)
    check_refusals(checks, samples)
    print("\n".join([*checks.bad, f"{checks.done} checks, {len(checks.bad)} failed"]))
    return bool(checks.bad)


if __name__ == "__main__":
    sys.exit(main())
