/*
 * Who damaged a message: nobody on the way when its sender is on this side.
 */

#include "expect.h"

extern const Rule rule_sip_alg_corruption;

#define CLIENT "vantage client\n"
#define SERVER "vantage server\n"
#define TWO_PORTS "replace=\"alice@192.168.1.10:5060=>alice@203.0.113.2:40001:5060\""
#define TWO_PORTS_IN_VIA "replace=\"UDP 192.168.1.10:5060=>UDP 192.168.1.10:5060:5060\""
#define TOO_LONG "replace=\"Content-Length: 0=>Content-Length: 12\""
#define UNBOUND "replace=\"Content-Length: 5=>Content-Length: 3\" body=hello"

static void an_answer_that_does_not_repeat_the_request_is_proof(void **state)
{
    g_autoptr(Judgement) j = judge(CLIENT "at 0     phone -> server REGISTER\n"
                                          "at 0.020 server -> phone 401 " TWO_PORTS_IN_VIA "\n"
                                          "end 60\n",
                                   &rule_sip_alg_corruption);

    assert_fires(j, FINDING_PROVEN,
                 "the answer 401 Unauthorized of 198.51.100.10:5060 to alice@example.com arrives "
                 "damaged: a port stands behind a port, in Via (CSeq 1)");
    assert_fact(j, 0, "Via", 1);
    assert_fact(j, 1, "answer", 2);
    assert_fact(j, 2, "Via", 2);
    assert_string_equal(fact_at(j->finding, 2)->expected, "one port");
    assert_rejects(j, "sender");
    assert_rejects(j, "capture_truncated");
}

static void a_length_that_fits_in_other_answers_is_damage(void **state)
{
    g_autoptr(Judgement) j = judge(CLIENT "at 0     phone -> server REGISTER\n"
                                          "at 0.020 server -> phone 401\n"
                                          "at 0.060 phone -> server REGISTER auth\n"
                                          "at 0.080 server -> phone 200 " UNBOUND "\n"
                                          "end 60\n",
                                   &rule_sip_alg_corruption);

    assert_fires(j, FINDING_STRONG,
                 "the answer 200 OK of 198.51.100.10:5060 to alice@example.com arrives damaged: "
                 "Content-Length does not fit the body, in Content-Length (CSeq 2)");
    assert_fact(j, 0, "Content-Length", 2);
    assert_fact(j, 1, "answer", 4);
    assert_fact(j, 2, "Content-Length", 4);
    assert_string_equal(fact_at(j->finding, 2)->seen, "3");
    assert_string_equal(fact_at(j->finding, 2)->expected, "5, the bytes that follow");
}

static void a_request_that_arrives_damaged_after_whole_ones_is_damage(void **state)
{
    g_autoptr(Judgement) j = judge(SERVER "at 0     phone -> server REGISTER\n"
                                          "at 0.020 server -> phone 401\n"
                                          "at 0.060 phone -> server REGISTER auth " TWO_PORTS "\n"
                                          "at 0.080 server -> phone 400\n"
                                          "end 60\n",
                                   &rule_sip_alg_corruption);

    assert_fires(j, FINDING_STRONG,
                 "a REGISTER of alice@example.com arrives damaged: a port stands behind a port, in "
                 "Contact (CSeq 2)");
    assert_fact(j, 0, "Contact", 1);
    assert_fact(j, 1, "request", 3);
    assert_fact(j, 2, "Contact", 3);
}

/* Every request is damaged: but with an address that the phone does not write. */
static void a_half_of_the_nats_address_is_not_the_phones(void **state)
{
    g_autoptr(Judgement) j = judge(SERVER "at 0     phone -> server REGISTER " TWO_PORTS "\n"
                                          "at 0.020 server -> phone 401\n"
                                          "at 0.060 phone -> server REGISTER auth " TWO_PORTS "\n"
                                          "at 0.080 server -> phone 400\n"
                                          "end 60\n",
                                   &rule_sip_alg_corruption);

    assert_fires(j, FINDING_STRONG,
                 "a REGISTER of alice@example.com arrives damaged: a port stands behind a port, in "
                 "Contact (CSeq 1)");
    assert_fact(j, 0, "Via", 1);
    assert_fact(j, 1, "request", 1);
    assert_fact(j, 2, "Contact", 1);
    assert_rejects(j, "sender");
}

/* Without a whole one to compare with, the phone may write it so. */
static void abstains_when_the_sender_never_was_whole(void **state)
{
    static const char *const scenarios[] = {
        SERVER "at 0     phone -> server REGISTER " TOO_LONG "\n"
               "at 0.020 server -> phone 400\n"
               "end 60\n",
        SERVER "at 0     phone -> server REGISTER " TOO_LONG "\n"
               "at 0.020 server -> phone 200\n"
               "end 60\n",
        SERVER "at 0     phone -> server REGISTER contact=sip:alice@192.168.1.10:5060:5060\n"
               "at 0.020 server -> phone 401\n"
               "at 0.060 phone -> server REGISTER auth contact=sip:alice@192.168.1.10:5060:5060\n"
               "at 0.080 server -> phone 200\n"
               "end 60\n",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        g_autoptr(Judgement) j = judge(scenarios[i], &rule_sip_alg_corruption);

        assert_abstains(j,
                        "no message of the same sender is whole there: it may write it so itself");
    }
}

static void abstains_beside_the_sender(void **state)
{
    g_autoptr(Judgement) phone = judge(CLIENT "at 0     phone -> server REGISTER " TWO_PORTS "\n"
                                              "at 0.020 server -> phone 400\n"
                                              "end 60\n",
                                       &rule_sip_alg_corruption);
    g_autoptr(Judgement) server = judge(SERVER "at 0     phone -> server REGISTER\n"
                                               "at 0.020 server -> phone 401 " TWO_PORTS_IN_VIA "\n"
                                               "end 60\n",
                                        &rule_sip_alg_corruption);

    assert_abstains(phone, "the phone itself sends the damaged message: it was on no way yet");
    assert_abstains(server, "the server itself sends the damaged answer: it was on no way yet");
}

/* A damage on the other side counts, whatever stands on this one. */
static void looks_past_the_senders_own_mistake(void **state)
{
    g_autoptr(Judgement) j = judge(CLIENT "at 0     phone -> server REGISTER body=hello "
                                          "replace=\"Content-Length: 5=>Content-Length: 3\"\n"
                                          "at 0.020 server -> phone 401 " TWO_PORTS_IN_VIA "\n"
                                          "end 60\n",
                                   &rule_sip_alg_corruption);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_PROVEN);
}

/* The registrar repeats what the phone wrote, and lists what others have stored. */
static void is_clean_when_an_answer_repeats_the_phones_own_text(void **state)
{
    g_autoptr(Judgement) own =
        judge("vantage client\n"
              "at 0     phone -> server REGISTER contact=sip:alice@192.168.1.10:5060\n"
              "at 0.020 server -> phone 200 "
              "contact=\"sip:bob@192.168.1.11:5060:5060\"\n"
              "end 60\n",
              &rule_sip_alg_corruption);
    g_autoptr(Judgement) echoed =
        judge("vantage client\n"
              "at 0     phone -> server REGISTER replace=\";rport=>;rport;rport\"\n"
              "at 0.020 server -> phone 401 replace=\";rport=>;rport;rport\"\n"
              "end 60\n",
              &rule_sip_alg_corruption);

    assert_clean(own);
    assert_abstains(echoed, "the phone itself sends the damaged message: it was on no way yet");
}

static void is_clean_when_the_messages_are_whole(void **state)
{
    static const char *const scenarios[] = {
        "vantage client\nat 0 phone -> server registration\nend 60\n",
        "vantage server\nat 0 phone -> server registration\nend 60\n",
        /* a line end behind the body, as many phones send it */
        ("vantage server\n"
         "at 0 phone -> server REGISTER replace=\"Content-Length: 0\\r\\n\\r\\n=>"
         "Content-Length: 0\\r\\n\\r\\n\\r\\n\"\n"
         "at 0.02 server -> phone 401\nend 60\n"),
        /* fragments */
        ("vantage server\nat 0 phone -> server REGISTER mtu=300\n"
         "at 0.02 server -> phone 401\nend 60\n"),
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        g_autoptr(Judgement) j = judge(scenarios[i], &rule_sip_alg_corruption);

        assert_clean(j);
    }
}

static void abstains_when_the_capture_cut_the_message(void **state)
{
    g_autoptr(Judgement) j =
        judge(CLIENT "snaplen 200\nat 0 phone -> server registration\nend 60\n",
              &rule_sip_alg_corruption);

    assert_abstains(j, "messages were cut by the snapshot length");
}

static void is_a_hint_where_the_place_is_not_known(void **state)
{
    g_autoptr(Judgement) j =
        judge("server 198.51.100.10 hops=0\nphone 203.0.113.9 hops=0 nat=none\n"
              "at 0     phone -> server REGISTER\n"
              "at 0.020 server -> phone 401 "
              "replace=\"UDP 203.0.113.9:5060=>UDP 203.0.113.9:5060:5060\"\n"
              "end 60\n",
              &rule_sip_alg_corruption);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
    assert_checkable(j->finding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_that_does_not_repeat_the_request_is_proof),
        cmocka_unit_test(a_length_that_fits_in_other_answers_is_damage),
        cmocka_unit_test(a_request_that_arrives_damaged_after_whole_ones_is_damage),
        cmocka_unit_test(a_half_of_the_nats_address_is_not_the_phones),
        cmocka_unit_test(abstains_when_the_sender_never_was_whole),
        cmocka_unit_test(abstains_beside_the_sender),
        cmocka_unit_test(looks_past_the_senders_own_mistake),
        cmocka_unit_test(is_clean_when_an_answer_repeats_the_phones_own_text),
        cmocka_unit_test(is_clean_when_the_messages_are_whole),
        cmocka_unit_test(abstains_when_the_capture_cut_the_message),
        cmocka_unit_test(is_a_hint_where_the_place_is_not_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
