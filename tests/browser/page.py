#!/usr/bin/env python3
"""The HTML report in a headless Chromium: what a reader sees, and what the page must not do.

usage: page.py WHYREG MKPCAP SAMPLES

Without a Chromium it is skipped (exit status 77).
"""

import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

import browser as headless
import many

PATIENCE = 2.0  # seconds in which the first screen of ten thousand devices has to be there

HOSTILE = "</script><script>document.title=1</script><!--<img src=x onerror=alert(1)>"
HOSTILE_SCENARIO = r"""
vantage server
at 0.0 phone -> server REGISTER header="User-Agent: AGENT"
at 0.1 server -> phone 401
at 0.2 phone -> server REGISTER auth header="User-Agent: AGENT" header="From: \"<b>Eve</b>\" <sip:alice@example.com>;tag=<i>1"
at 0.3 server -> phone 403 reason="</script><script>document.title=2</script><u>no</u>"
end 60
""".replace("AGENT", HOSTILE)


class Page:
    """One report in a browser; its complaints and requests are a failure."""

    def __init__(self, shown, folder, whyreg):
        self.shown, self.folder, self.whyreg, self.path = shown, folder, whyreg, None

    def write(self, *arguments):
        self.path = self.folder / "report.html"
        done = subprocess.run([self.whyreg, "-o", f"html:{self.path}", *map(str, arguments)],
                              capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode in (0, 1), done.stderr
        return self

    def open(self, fragment=""):
        """The seconds until it was drawn."""
        begun = time.monotonic()
        self.shown.open(self.path, fragment)
        self.shown.wait(f"document.getElementById('main').dataset.shown === {fragment!r}")
        return time.monotonic() - begun

    def go(self, fragment):
        self.shown.go(fragment)
        self.shown.wait(f"document.getElementById('main').dataset.shown === {fragment!r}")

    def is_quiet(self):
        said = self.shown.complaints()
        assert not said, said
        fetched = [url for url in self.shown.requests() if not url.startswith("file://")]
        assert not fetched and len(self.shown.requests()) == 1, self.shown.requests()


def starts_with_the_answer(page, samples):
    page.write(samples / "challenge_unanswered.pcap").open()
    assert "sent no credentials" in page.shown.text("h1")
    assert "challenge_unanswered.pcap" in page.shown.text(".capture")
    assert "phone\u2019s side" in page.shown.text(".capture")
    assert page.shown.text(".state-list .state-unanswered") == "unanswered"
    assert page.shown.text(".causes a.cause") == "The phone never answered the challenge"
    assert page.shown.count("#activity rect.bar-failed") == 1
    page.is_quiet()


def every_sample_can_be_opened(page, samples):
    for capture in sorted(samples.glob("*.pcap")):
        page.write(capture).open()
        assert page.shown.text("h1"), capture
        for device in page.shown.evaluate("[...document.querySelectorAll('.rows a.row')].map((row) => row.hash)"):
            page.go(device)
            assert page.shown.count(".identity") == 1, (capture, device)
        page.is_quiet()


def kinds_of_rows(page):
    """Of the ladder that is shown: "request", "challenge", "missing" ..."""
    return page.shown.evaluate("[...document.querySelectorAll('.ladder-row')]"
                               ".map((row) => row.getAttribute('class').split(' ')[1].slice(4))")


def a_missing_step_is_drawn_where_it_should_be(page, samples):
    page.write(samples / "challenge_unanswered.pcap").open("#/device/d1")
    rows = kinds_of_rows(page)
    assert rows == ["request", "challenge", "missing"], rows
    assert "REGISTER with credentials - never sent" in page.shown.text(".row-missing .arrow-label")
    assert page.shown.count(".ladder-row.cited") == 2
    page.is_quiet()


def an_arrow_shows_its_message_with_the_decisive_bytes(page, samples):
    page.write(samples / "realm_mismatch.pcap").open("#/device/d1")
    page.shown.click("[data-frame='0:3']")
    assert page.shown.evaluate("location.hash") == "#/device/d1?frame=0:3"
    assert page.shown.text(".message").startswith("REGISTER sip:example.com SIP/2.0\nVia: ")
    marked = page.shown.evaluate("[...document.querySelectorAll('.message mark')].map((mark) => mark.textContent)")
    assert any("old.example.com" in text for text in marked), marked
    assert "password" not in page.shown.text(".message").lower()
    page.shown.click("[data-frame='0:3']")
    assert page.shown.count(".message") == 0
    page.is_quiet()


def evidence_leads_to_its_arrow(page, samples):
    page.write(samples / "realm_mismatch.pcap").open("#/device/d1")
    link = page.shown.evaluate("document.querySelector('.evidence a').textContent")
    assert link == "realm_mismatch.pcap, frame 2", link
    page.shown.click(".evidence a")
    page.shown.wait("document.querySelector('.ladder-row.chosen') !== null")
    assert page.shown.evaluate("document.querySelector('.ladder-row.chosen').dataset.frame") == "0:2"
    assert "401 Unauthorized" in page.shown.text(".message")
    page.is_quiet()


def a_link_shows_what_it_says(page, samples):
    page.write(samples / "realm_mismatch.pcap").open("#/device/d1?frame=0:4")
    assert "SIP/2.0 401" in page.shown.text(".message")
    page.go("#/finding/1")
    assert page.shown.text(".finding h3") == "The credentials are for another realm"
    page.go("#/device/d99")
    assert "no device d99" in page.shown.text("main")
    page.go("#/finding/%zz?frame=x")
    assert "no finding" in page.shown.text("main")
    page.is_quiet()


def refused_credentials_are_laid_open(page, samples):
    page.write(samples / "realm_mismatch.pcap").open("#/device/d1")
    row = page.shown.evaluate("[...document.querySelectorAll('.digest-table tr')].map((row) => row.textContent)"
                              ".find((text) => text.startsWith('realm'))")
    assert row == "realmexample.comold.example.com\u2013differs", row
    page.is_quiet()


def two_places_stand_side_by_side(page, samples):
    page.write(samples / "lab_alg_both_sides.pcap").open("#/device/d1")
    inside, outside = page.shown.evaluate(
        "[...document.querySelectorAll('.diff-table tbody tr:first-child td[class^=diff]')]"
        ".map((cell) => cell.firstChild.textContent)")
    assert inside != outside
    page.shown.click(".diff-table a")
    page.shown.wait("document.querySelectorAll('.both-sides .message').length === 2")
    marked = page.shown.evaluate("[...document.querySelectorAll('.both-sides .message')].map((message) =>"
                                 "[...message.querySelectorAll('mark')].map((mark) => mark.textContent))")
    assert inside in marked[0] and outside in marked[1], (inside, outside, marked)
    page.is_quiet()


def what_went_wrong_before_sip_has_a_ladder_too(page, samples):
    page.write(samples / "tls_failed.pcap").open("#/device/d1")
    rows = kinds_of_rows(page)
    assert rows == ["request", "evidence-note", "bad", "missing"], rows
    page.is_quiet()


def the_life_of_a_device_zooms(page, samples):
    page.write(samples / "healthy_behind_nat.pcap").open("#/device/d1")
    assert page.shown.count(".lane .interval") > 0
    ticks = "[...document.querySelectorAll('.lane .tick')].map((tick) => tick.textContent).join()"
    before = page.shown.evaluate(ticks)
    page.shown.drag(".lane svg", 0.4, 0.6)
    zoomed = page.shown.evaluate(ticks)
    assert zoomed != before
    page.shown.evaluate("document.querySelector('.lane svg').focus()")
    page.shown.press("0")
    assert page.shown.evaluate(ticks) == before
    page.is_quiet()


def the_system_may_be_dark(page, samples):
    page.write(samples / "challenge_unanswered.pcap")
    backgrounds = []
    for scheme in ("dark", "light"):
        page.shown.prefer(scheme)
        page.open()
        assert page.shown.evaluate("document.documentElement.dataset.theme") == scheme
        backgrounds.append(page.shown.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    page.shown.click("#theme")
    backgrounds.append(page.shown.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    assert backgrounds[0] == backgrounds[2] != backgrounds[1], backgrounds
    page.shown.click("#theme")
    page.is_quiet()


def hostile_words_do_nothing(page, samples, mkpcap):
    scenario, capture = page.folder / "hostile.txt", page.folder / "hostile.pcap"
    scenario.write_text(HOSTILE_SCENARIO)
    subprocess.run([mkpcap, scenario, capture], check=True, capture_output=True, timeout=60)
    page.write(capture).open()
    assert page.shown.evaluate("document.scripts.length") == 3
    assert page.shown.count("img, b > b, u, main i > i, iframe, object") == 0
    assert "onerror=alert(1)" in page.shown.text(".rows")
    page.go("#/device/d1?frame=0:4")
    assert "<u>no</u>" in page.shown.text(".message")
    assert page.shown.count("img, u, iframe, object") == 0
    assert page.shown.evaluate("document.title") == "alice@example.com \u2013 whyreg report"
    page.is_quiet()


def a_script_of_somebody_else_does_not_run(page, samples):
    page.write(samples / "challenge_unanswered.pcap")
    text = page.path.read_text()
    page.path.write_text(text.replace("</body>", "<script>document.title = 'broken'</script></body>"))
    page.open()
    assert page.shown.evaluate("document.title") == "whyreg report"
    assert any("Content Security Policy" in said for said in page.shown.complaints())


def the_keyboard_is_enough(page, samples):
    page.write(samples / "scanner.pcap").open()
    page.shown.press("/", "Slash")
    assert page.shown.evaluate("document.activeElement.id") == "search"
    page.shown.press("ArrowDown")
    assert page.shown.evaluate("document.activeElement.dataset.index") == "0"
    page.shown.press("Enter")
    page.shown.wait("location.hash.startsWith('#/device/')")
    page.shown.wait("document.querySelector('.identity') !== null")
    page.shown.press("Escape")
    page.shown.wait("document.querySelector('.list') !== null")
    page.is_quiet()


def everything_has_a_name(page, samples):
    page.write(samples / "realm_mismatch.pcap")
    for fragment in ("#/", "#/device/d1?frame=0:3"):
        page.open(fragment)
        nameless = page.shown.evaluate(
            "[...document.querySelectorAll('button, a, input, select, [role=button], [role=img], [tabindex=\"0\"]')]"
            ".filter((node) => !(node.getAttribute('aria-label') || node.textContent.trim() ||"
            " (node.labels && node.labels.length))).map((node) => node.outerHTML.slice(0, 80))")
        assert not nameless, nameless
        assert page.shown.count("h1") == 1
    page.is_quiet()


def a_narrow_screen_needs_no_sideways_scrolling(page, samples):
    page.shown.resize(390, 800)
    page.write(samples / "realm_mismatch.pcap")
    for fragment in ("#/", "#/device/d1?frame=0:3", "#/finding/1"):
        page.open(fragment)
        assert page.shown.evaluate("document.documentElement.scrollWidth") <= 390, fragment
    page.shown.resize(1280, 900)
    page.is_quiet()


def paper_has_all_of_it(page, samples):
    page.write(samples / "realm_mismatch.pcap").open("#/device/d1")
    page.shown.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.shown.count("details:not([open])") == 0
    page.shown.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.shown.count("details:not([open])") > 0
    page.is_quiet()


def a_redacted_page_names_nobody(page, samples):
    page.write("--redact", samples / "realm_mismatch.pcap").open("#/device/d1?frame=0:3")
    seen = page.shown.text("main") + page.shown.text(".bar")
    assert "REGISTER sip:host" in page.shown.text(".message")
    for name in ("alice", "example.com", "192.168.1.10", "198.51.100.10"):
        assert name not in seen.replace("host1.example", ""), name
    page.is_quiet()


def nothing_is_a_page_too(page, samples):
    empty = page.folder / "empty.pcap"
    empty.write_bytes((samples / "realm_mismatch.pcap").read_bytes()[:24])
    page.write(empty).open()
    assert "No SIP registration" in page.shown.text("h1")
    page.is_quiet()


def ten_thousand_devices_are_quick(page, samples):
    capture = page.folder / "many.pcap"
    many.write(10000, capture)
    page.write(capture)
    seconds = page.open()
    assert seconds < PATIENCE, f"{seconds:.2f} s"
    assert page.shown.text("#list-count") == "10,000 devices"
    assert page.shown.count(".rows a.row") < 60
    assert page.path.stat().st_size < 10e6
    page.shown.evaluate("document.querySelector('.rows').scrollTop = 1e9")
    page.shown.settle()
    assert page.shown.count(".rows a.row[data-index='9999']") == 1
    print(f"# ten thousand devices: {seconds:.2f} s, {page.path.stat().st_size / 1e6:.1f} MB")
    page.is_quiet()


def a_search_finds_one_in_ten_thousand(page, samples):
    page.open("#/?q=phone04711")
    assert page.shown.text("#list-count") == "1 of 10,000 devices"
    for words, count in (("192.168.18.212:5060", 1), ("dect-base unanswered", 250), ("nobody", 0)):
        page.shown.evaluate("(() => { const field = document.getElementById('search');"
                            f"field.value = {words!r}; field.dispatchEvent(new Event('input')); }})()")
        assert page.shown.text("#list-count") == f"{count:,} of 10,000 devices", (words, page.shown.text("#list-count"))
    page.go("#/?state=refused&finding=credentials_refused")
    assert page.shown.text("#list-count") == "500 of 10,000 devices"
    page.shown.click(".rows a.row")
    page.shown.wait("document.querySelector('.message-place') !== null")
    assert "credentials" in page.shown.text(".finding h3")
    page.is_quiet()


def a_chosen_time_filters(page, samples):
    page.open("#/")
    page.shown.drag("#activity", 0.05, 0.20)
    page.shown.wait("location.hash.includes('from=')")
    page.shown.wait("document.getElementById('main').dataset.shown === location.hash")
    shown = page.shown.text("#list-count")
    assert shown.endswith("of 10,000 devices") and shown != "10,000 devices", shown
    assert page.shown.count(".brush[width]:not([width='0'])") == 1
    page.is_quiet()


TESTS = [
    starts_with_the_answer, a_missing_step_is_drawn_where_it_should_be,
    an_arrow_shows_its_message_with_the_decisive_bytes, evidence_leads_to_its_arrow, a_link_shows_what_it_says,
    refused_credentials_are_laid_open, two_places_stand_side_by_side,
    what_went_wrong_before_sip_has_a_ladder_too, the_life_of_a_device_zooms,
    the_system_may_be_dark, hostile_words_do_nothing, a_script_of_somebody_else_does_not_run, the_keyboard_is_enough,
    everything_has_a_name, a_narrow_screen_needs_no_sideways_scrolling, paper_has_all_of_it,
    a_redacted_page_names_nobody, nothing_is_a_page_too, every_sample_can_be_opened,
    # These three share one report, which takes a while to write.
    ten_thousand_devices_are_quick, a_search_finds_one_in_ten_thousand, a_chosen_time_filters,
]


def run(test, page, samples, mkpcap):
    arguments = (page, samples, mkpcap) if test is hostile_words_do_nothing else (page, samples)
    try:
        test(*arguments)
        return True
    except Exception:
        print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()), end="")
        return False


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    program = headless.find_program()
    if program is None:
        print("1..0 # SKIP there is no chromium")
        return headless.SKIPPED
    whyreg, mkpcap, samples = (pathlib.Path(path).resolve() for path in sys.argv[1:4])
    wanted = [test for test in TESTS if not sys.argv[4:] or test.__name__ in sys.argv[4:]]
    print(f"1..{len(wanted)}")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="whyreg-page-") as folder, headless.Browser(program) as shown:
        page = Page(shown, pathlib.Path(folder), whyreg)
        for number, test in enumerate(wanted, 1):
            good = run(test, page, samples, mkpcap)
            failed += not good
            print(f"{'ok' if good else 'not ok'} {number} - {test.__name__}", flush=True)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
