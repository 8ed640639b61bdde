/*
 * The scenario language: times, blocks, mistakes.
 */

#include "support/scenario.h"

#include "support/check.h"
#include "support/seen.h"

static void only_a_vantage_that_was_said_is_told(void **state)
{
    g_autoptr(Scenario) shown = seen_scenario("vantage server\n");
    g_autoptr(Scenario) said = seen_scenario("vantage server said\n");

    assert_int_equal(scenario_place(shown), CAPTURE_PLACE_UNSAID);
    assert_int_equal(scenario_place(said), CAPTURE_PLACE_SERVER);
}

static void time_counts_and_not_the_order_of_the_text(void **state)
{
    g_autoptr(Seen) seen = seen_new("phone two 192.168.1.11 user=bob\n"
                                    "at 2 phone -> server REGISTER as=last\n"
                                    "repeat 2 every 1 {\n"
                                    "    at 0.5 two -> server REGISTER\n"
                                    "    at +0.1 server -> two 403\n"
                                    "}\n"
                                    "every 1 from 0 to 1 phone -> server REGISTER\n"
                                    "at 3 phone -> server copy of=last\n");
    static const unsigned cseqs[] = { 1, 1, 1, 2, 2, 2, 3, 3 };

    assert_int_equal(seen->messages->len, G_N_ELEMENTS(cseqs));
    for (unsigned i = 0; i < G_N_ELEMENTS(cseqs); i++)
        assert_int_equal(seen_message(seen, i)->cseq, cseqs[i]);
}

static void a_snapshot_length_cuts_frames(void **state)
{
    g_autoptr(Scenario) scenario =
        seen_scenario("snaplen 96\nat 0 phone -> server REGISTER\nend 9\n");
    CapturePacket first = scenario_packet(scenario, 0);
    CapturePacket last = scenario_packet(scenario, 1);

    assert_int_equal(scenario_size(scenario), 2);
    assert_int_equal(scenario_snaplen(scenario), 96);
    assert_int_equal(first.bytes.len, 96);
    assert_true(first.wire_len > 300);
    assert_int_equal(last.bytes.len, last.wire_len);
    assert_int_equal(last.ref.frame, 2);
    assert_true(last.time - first.time == 9 * NSEC_SEC);
}

static const char everything[] = "vantage middle said # where\n"
                                 "phone desk 192.168.1.30:5070 user=bob rport=no hops=3\n"
                                 "at 0 phone -> server registration mtu=300\n"
                                 "at +1 nat -> phone icmp prohibited\n"
                                 "repeat 2 every 10 from 20 {\n"
                                 "    at 0 desk -> server REGISTER header=\"X: \\x41\"\n"
                                 "    at 1 server -> desk 503 retry-after=9\n"
                                 "}\n"
                                 "every 1 from 50 to 52 desk -> server raw \"\\x00\\r\\n\"\n"
                                 "end 60\n";

static void the_same_text_gives_the_same_bytes(void **state)
{
    g_autoptr(Scenario) first = seen_scenario(everything);
    g_autoptr(Scenario) second = seen_scenario(everything);

    assert_int_equal(scenario_size(first), scenario_size(second));
    for (unsigned i = 0; i < scenario_size(first); i++) {
        CapturePacket a = scenario_packet(first, i);
        CapturePacket b = scenario_packet(second, i);

        assert_true(a.time == b.time && str_equal(a.bytes, b.bytes));
    }
}

static void survives_any_cut(void **state)
{
    for (size_t len = 0; len < sizeof(everything); len++) {
        g_autofree char *text = g_strndup(everything, len);
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = scenario_new(text, &error);

        assert_true((scenario == NULL) == (error != NULL));
    }
}

static void a_mistake_is_named_with_its_line(void **state)
{
    static const struct {
        const char *text;
        const char *message;
    } mistakes[] = {
        { "\nat 0 fone -> server REGISTER", "line 2: there is no host 'fone'" },
        { "at 0 phone -> server REGISTER exprires=1", "line 1: nobody understands 'exprires'" },
        { "at x phone -> server REGISTER", "line 1: 'x' is no time in seconds" },
        { "at 0 phone -> server", "line 1: phone does nothing" },
        { "at 0 phone -> server dance", "line 1: nobody can do 'dance'" },
        { "at 0 server -> phone 200", "line 1: phone has asked server nothing to answer" },
        { "at 0 phone -> server copy", "line 1: phone has told server nothing to repeat" },
        { "at 0 server -> phone icmp x", "line 1: nothing of phone was captured" },
        { "phone -> server REGISTER", "line 1: what happens begins with 'at' or 'every'" },
        { "phone 1.2.3", "line 1: '1.2.3' is neither a name nor an address" },
        { "phone x 1.2.3", "line 1: '1.2.3' is no address" },
        { "phone nat=x", "line 1: there is no NAT 'x'" },
        { "server phone", "line 1: 'phone' is a phone" },
        { "vantage moon", "line 1: a vantage is client, middle, server or router" },
        { "snaplen 3", "line 1: a snaplen is 14 to 65535 bytes" },
        { "dance", "line 1: nobody knows what 'dance' is" },
        { "repeat 2 every 1 {\n", "line 1: this repeat has no closing '}'" },
        { "repeat 2 every 0 {\n}\n", "line 1: nothing can happen every 0 seconds" },
        { "every 1 from 2 to 1 phone -> server REGISTER", "line 1: this ends before it begins" },
        { "every 1 from 0 to 9e6 phone -> server REGISTER",
          "line 1: more often than 100000 times" },
        { "at 0 phone -> server REGISTER mtu=20", "line 1: no network has an MTU below 68" },
        { "server 2001:db8::1\nat 0 phone -> server REGISTER",
          "line 2: phone and server do not speak the same IP" },
        { "at 0 phone -> server REGISTER replace=qq=>y", "line 1: there is no 'qq' to replace" },
        { "at 0 phone -> server REGISTER auth nonce=1 algorithm=AKAv1-MD5",
          "line 1: no digest with 'AKAv1-MD5' here: give response=" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = scenario_new(mistakes[i].text, &error);

        assert_null(scenario);
        assert_string_equal(error->message, mistakes[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_vantage_that_was_said_is_told),
        cmocka_unit_test(time_counts_and_not_the_order_of_the_text),
        cmocka_unit_test(a_snapshot_length_cuts_frames),
        cmocka_unit_test(the_same_text_gives_the_same_bytes),
        cmocka_unit_test(survives_any_cut),
        cmocka_unit_test(a_mistake_is_named_with_its_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
