/*
 * TLS that does not come up, and whose fault it is.
 */

#include "expect.h"

extern const Rule rule_tls_failed;

#define HELLO                                  \
    "vantage client\n"                         \
    "phone 192.168.1.10:49180 transport=tcp\n" \
    "server 198.51.100.10:5061\n"              \
    "at 0    phone -> server connect\n"        \
    "at 0.02 phone -> server tls client-hello name=sip.example.com\n"

#define SERVER_HELLO "at 0.04 server -> phone tls server-hello\n"

#define GOODBYE                     \
    "at 0.07 phone -> server fin\n" \
    "at 0.09 server -> phone fin\n" \
    "end 60\n"

static void fires_when_the_server_objects(void **state)
{
    g_autoptr(Judgement) j = judge(HELLO "at 0.04 server -> phone tls alert alert=40\n"
                                         "at 0.05 server -> phone fin\n"
                                         "end 60\n",
                                   &rule_tls_failed);

    assert_fires(j, FINDING_PROVEN,
                 "TLS from 192.168.1.10 to 198.51.100.10:5061 failed: the server objects with "
                 "alert handshake_failure (40)");
    assert_fact(j, 0, "client hello", 4);
    assert_fact(j, 1, "alert", 5);
    assert_non_null(strstr(finding_advice(j->finding), "cipher"));
}

static void fires_when_the_phone_does_not_trust(void **state)
{
    g_autoptr(Judgement) j =
        judge(HELLO SERVER_HELLO "at 0.05 server -> phone tls certificate name=sip.example.com\n"
                                 "at 0.06 phone -> server tls alert alert=48\n" GOODBYE,
              &rule_tls_failed);

    assert_fires(j, FINDING_PROVEN,
                 "TLS from 192.168.1.10 to 198.51.100.10:5061 failed: the phone objects with "
                 "alert unknown_ca (48)");
    assert_fact(j, 1, "certificate", 6);
    assert_string_equal(fact_at(j->finding, 1)->seen, "sip.example.com, signed by itself");
    assert_non_null(strstr(finding_advice(j->finding), "does not trust"));
}

static void shows_a_certificate_that_is_out_of_date(void **state)
{
    g_autoptr(Judgement) j =
        judge(HELLO SERVER_HELLO "at 0.05 server -> phone tls certificate name=sip.example.com "
                                 "until=20260101000000Z\n" GOODBYE,
              &rule_tls_failed);

    assert_fires(j, FINDING_PROVEN,
                 "TLS from 192.168.1.10 to 198.51.100.10:5061 failed: the phone closes the "
                 "connection in the middle of the handshake; the certificate expired on "
                 "2026-01-01");
    assert_fact(j, 1, "certificate", 6);
}

static void shows_a_certificate_of_tomorrow(void **state)
{
    g_autoptr(Judgement) j =
        judge(HELLO SERVER_HELLO "at 0.05 server -> phone tls certificate name=sip.example.com "
                                 "from=20260201000000Z\n" GOODBYE,
              &rule_tls_failed);

    assert_fires(j, FINDING_PROVEN,
                 "TLS from 192.168.1.10 to 198.51.100.10:5061 failed: the phone closes the "
                 "connection in the middle of the handshake; the certificate is not valid before "
                 "2026-02-01");
}

static void shows_a_certificate_for_another_name(void **state)
{
    g_autoptr(Judgement) j =
        judge(HELLO SERVER_HELLO "at 0.05 server -> phone tls certificate name=pbx.local\n" GOODBYE,
              &rule_tls_failed);

    assert_fires(j, FINDING_STRONG,
                 "TLS from 192.168.1.10 to 198.51.100.10:5061 failed: the phone closes the "
                 "connection in the middle of the handshake; the certificate is for pbx.local and "
                 "not for sip.example.com");
}

/* TLS 1.3: 19 bytes hold an alert and nothing else. */
static void guesses_an_alert_by_its_size(void **state)
{
    g_autoptr(Judgement) j = judge(HELLO "at 0.04 server -> phone tls server-hello version=1.3\n"
                                         "at 0.05 server -> phone tls data size=900\n"
                                         "at 0.06 phone -> server tls data size=19\n" GOODBYE,
                                   &rule_tls_failed);

    assert_fires(j, FINDING_STRONG,
                 "TLS from 192.168.1.10 to 198.51.100.10:5061 failed: the phone ends the handshake "
                 "with an encrypted alert: it objects to what the server sent, most likely its "
                 "certificate");
}

static void fires_when_the_server_hangs_up(void **state)
{
    g_autoptr(Judgement) j = judge(HELLO "at 0.04 server -> phone reset\n"
                                         "end 60\n",
                                   &rule_tls_failed);

    assert_fires(j, FINDING_STRONG,
                 "TLS from 192.168.1.10 to 198.51.100.10:5061 failed: the server closes the "
                 "connection at the phone's first message; it may not speak TLS there");
}

/* The phone has the port of TLS and the transport of TCP. */
static void tells_when_the_phone_does_not_speak_tls(void **state)
{
    static const char scenario[] = "vantage client\n"
                                   "phone 192.168.1.10:49180 transport=tcp\n"
                                   "server 198.51.100.10:5061\n"
                                   "at 0    phone -> server connect\n"
                                   "at 0.02 phone -> server REGISTER\n"
                                   "at 0.04 server -> phone tls alert alert=10\n"
                                   "at 0.05 server -> phone fin\n"
                                   "at 0.06 phone -> server fin\n"
                                   "end 60\n";
    g_autoptr(Judgement) j = judge(scenario, &rule_tls_failed);
    g_autofree char *ids = judge_all(scenario);

    assert_fires(j, FINDING_PROVEN,
                 "TLS from alice@example.com to 198.51.100.10:5061 failed: the server objects with "
                 "alert unexpected_message (10) to something that is no TLS");
    assert_string_equal(ids, "tls_failed tls_not_decrypted");
}

static void is_the_only_failure_of_a_device_without_a_name(void **state)
{
    g_autofree char *ids = judge_all(HELLO "at 0.04 server -> phone tls alert alert=40\n"
                                           "end 60\n");

    assert_string_equal(ids, "tls_failed tls_not_decrypted");
}

#define FINISHED                                  \
    "at 0.06 phone -> server tls change-cipher\n" \
    "at 0.07 server -> phone tls change-cipher\n"

/* A phone that does not check takes any certificate. */
static void is_clean_when_the_handshake_ends(void **state)
{
    g_autoptr(Judgement) j = judge(
        HELLO SERVER_HELLO "at 0.05 server -> phone tls certificate name=pbx.local "
                           "until=20260101000000Z\n" FINISHED "at 0.1 phone -> server tls data\n"
                           "at 0.2 server -> phone tls data\n"
                           "at 9   server -> phone reset\n"
                           "end 60\n",
        &rule_tls_failed);

    assert_int_equal(j->looked, 0);
}

static void is_clean_with_tls_13(void **state)
{
    g_autoptr(Judgement) j = judge(HELLO "at 0.04 server -> phone tls server-hello version=1.3\n"
                                         "at 0.05 server -> phone tls data size=900\n"
                                         "at 0.06 phone -> server tls data size=53\n"
                                         "at 0.2  server -> phone tls data\n"
                                         "at 9    phone -> server fin\n"
                                         "end 60\n",
                                   &rule_tls_failed);

    assert_int_equal(j->looked, 0);
}

/* An old version first, then one that both know. */
static void is_clean_when_the_second_try_works(void **state)
{
    g_autoptr(Judgement) j =
        judge(HELLO "at 0.04 server -> phone tls alert alert=70\n"
                    "at 0.05 server -> phone fin\n"
                    "at 0.06 phone -> server fin\n"
                    "at 2    phone -> server connect\n"
                    "at 2.1  phone -> server tls client-hello name=sip.example.com\n"
                    "at 2.2  server -> phone tls server-hello\n"
                    "at 2.3  phone -> server tls change-cipher\n"
                    "at 2.4  server -> phone tls change-cipher\n"
                    "end 60\n",
              &rule_tls_failed);

    assert_int_equal(j->looked, 0);
}

static void the_web_is_no_registration(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "phone 192.168.1.10:49180 transport=tcp\n"
                                   "server 198.51.100.10:443\n"
                                   "at 0    phone -> server connect\n"
                                   "at 0.02 phone -> server tls client-hello name=example.com\n"
                                   "at 0.04 server -> phone tls alert alert=40\n"
                                   "end 60\n",
                                   &rule_tls_failed);

    assert_int_equal(j->looked, 0);
}

static void abstains_when_bytes_are_missing(void **state)
{
    g_autoptr(Judgement) j =
        judge(HELLO SERVER_HELLO "at 0.05 server -> phone tls certificate unseen\n"
                                 "at 0.06 server -> phone tls data\n"
                                 "at 20   phone -> server fin\n"
                                 "end 60\n",
              &rule_tls_failed);

    assert_abstains(j, "bytes of a TCP stream are missing at that time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_server_objects),
        cmocka_unit_test(fires_when_the_phone_does_not_trust),
        cmocka_unit_test(shows_a_certificate_that_is_out_of_date),
        cmocka_unit_test(shows_a_certificate_of_tomorrow),
        cmocka_unit_test(shows_a_certificate_for_another_name),
        cmocka_unit_test(guesses_an_alert_by_its_size),
        cmocka_unit_test(fires_when_the_server_hangs_up),
        cmocka_unit_test(tells_when_the_phone_does_not_speak_tls),
        cmocka_unit_test(is_the_only_failure_of_a_device_without_a_name),
        cmocka_unit_test(is_clean_when_the_handshake_ends),
        cmocka_unit_test(is_clean_with_tls_13),
        cmocka_unit_test(is_clean_when_the_second_try_works),
        cmocka_unit_test(the_web_is_no_registration),
        cmocka_unit_test(abstains_when_bytes_are_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
