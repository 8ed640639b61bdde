/*
 * Beyond the NAT: which addresses in one request do not go together, and which
 * mixtures a phone makes itself.
 */

#include "signs.h"

/* As the request leaves the NAT; the source is 203.0.113.2:40001. */
#define SERVER "vantage server\n"
#define REQUEST(how)                                    \
    SERVER "at 0    phone -> server REGISTER " how "\n" \
           "at 0.02 server -> phone 401\n"              \
           "end 60\n"

/* A second request behind the challenge. */
#define NEXT(challenge, how)                                 \
    SERVER "at 0    phone -> server REGISTER\n"              \
           "at 0.02 server -> phone 401 " challenge "\n"     \
           "at 0.06 phone -> server REGISTER auth " how "\n" \
           "at 0.08 server -> phone 200\n"                   \
           "end 60\n"

#define BOTH_PUBLIC "replace=\"192.168.1.10:5060=>203.0.113.2:40001\" "
#define VIA_PUBLIC "replace=\"UDP 192.168.1.10:5060=>UDP 203.0.113.2:40001\" "
#define CONTACT_PUBLIC "replace=\"alice@192.168.1.10:5060=>alice@203.0.113.2:40001\" "

static void private_or_public_addresses_throughout_are_no_sign(void **state)
{
    assert_no_sign(REQUEST(""));
    assert_no_sign(REQUEST(BOTH_PUBLIC));
    assert_no_sign("vantage middle\n"
                   "at 0    phone -> server REGISTER " BOTH_PUBLIC "\n"
                   "at 0.02 server -> phone 401 " BOTH_PUBLIC "\n"
                   "end 60\n");
}

static void a_phone_without_a_nat_shows_nothing(void **state)
{
    assert_no_sign(SERVER "phone 203.0.113.9 nat=none\n"
                          "at 0 phone -> server registration\n"
                          "end 60\n");
}

/* AL-7 */
static void a_private_rest_is_a_hint(void **state)
{
    assert_signs(REQUEST(BOTH_PUBLIC "call-id=7d3@192.168.1.10"), "AL-7 in Call-ID, weak");
    assert_signs(REQUEST(BOTH_PUBLIC "from=sip:alice@192.168.1.10"), "AL-7 in From, weak");
    assert_no_sign(REQUEST(BOTH_PUBLIC "call-id=7d3@127.0.0.1"));
    assert_no_sign(REQUEST("call-id=7d3@192.168.1.10"));
}

/* AL-8 */
static void a_contact_with_another_port_than_via_and_source_is_a_sign(void **state)
{
    assert_signs(REQUEST(VIA_PUBLIC "replace=\"alice@192.168.1.10=>alice@203.0.113.2\""),
                 "AL-8 in Contact, strong");
    assert_signs(REQUEST(CONTACT_PUBLIC "replace=\"UDP 192.168.1.10=>UDP 203.0.113.2\""),
                 "AL-8 in Via, weak");
}

/* A gateway in a cloud: its public address and two ports are configured. */
static void two_configured_ports_are_a_hint_at_most(void **state)
{
    assert_signs(SERVER "phone 10.0.0.5:5060 public-port=5060\n"
                        "at 0 phone -> server REGISTER contact=sip:alice@203.0.113.2:5080 "
                        "call-id=7@10.0.0.5 replace=\"UDP 10.0.0.5=>UDP 203.0.113.2\"\n"
                        "at 0.02 server -> phone 401\n"
                        "end 60\n",
                 "AL-7 in Call-ID, weak; AL-8 in Contact, weak");
}

/* A Via that was learned from rport, beside a port that is forwarded. */
static void a_via_that_was_learned_is_a_hint_at_most(void **state)
{
    assert_signs(NEXT("", VIA_PUBLIC "replace=\"alice@192.168.1.10=>alice@203.0.113.2\""),
                 "AL-8 in Contact, weak");
}

/* A phone that was told its address by hand has the same port in both. */
static void a_configured_port_is_no_sign(void **state)
{
    assert_no_sign(REQUEST("replace=\"192.168.1.10:5060=>203.0.113.2:5060\""));
}

static void over_tcp_ports_differ_by_nature(void **state)
{
    assert_no_sign(SERVER "phone 192.168.1.10:49170 transport=tcp\n"
                          "at 0 phone -> server connect\n"
                          "at 0.01 phone -> server REGISTER contact=sip:alice@203.0.113.2:5060 "
                          "replace=\"TCP 192.168.1.10:49170=>TCP 203.0.113.2:40001\"\n"
                          "at 0.02 server -> phone 401\n"
                          "end 60\n");
}

static void a_private_rest_beside_a_wrong_port_is_a_sign_too(void **state)
{
    assert_signs(REQUEST(VIA_PUBLIC "replace=\"alice@192.168.1.10=>alice@203.0.113.2\" "
                                    "call-id=7d3@192.168.1.10"),
                 "AL-7 in Call-ID, strong; AL-8 in Contact, strong");
}

/* AL-9 */
static void the_nats_port_in_via_and_the_phones_in_contact_is_a_sign(void **state)
{
    assert_signs(REQUEST(VIA_PUBLIC), "AL-9 in Via, strong");
}

/* A host with a leg in both networks: its own port in both. */
static void a_host_in_two_networks_is_a_hint_at_most(void **state)
{
    assert_signs(SERVER "phone 203.0.113.9 nat=none\n"
                        "at 0 phone -> server REGISTER contact=sip:alice@192.168.7.1:5060\n"
                        "at 0.02 server -> phone 401\n"
                        "end 60\n",
                 "AL-9 in Via, weak");
}

/* linphone takes its Contact from received and rport of the first answer. */
static void a_contact_that_was_learned_is_a_hint_at_most(void **state)
{
    assert_signs(NEXT("", CONTACT_PUBLIC), "AL-9 in Contact, weak");
    assert_signs(NEXT("", VIA_PUBLIC), "AL-9 in Via, weak");
    assert_signs(REQUEST(CONTACT_PUBLIC), "AL-9 in Contact, weak");
}

/* AL-10 */
static void a_contact_that_nobody_taught_the_phone_is_a_sign(void **state)
{
    assert_signs(NEXT("replace=\";rport=40001;received=203.0.113.2=>\"", BOTH_PUBLIC),
                 "AL-10 in Contact, strong");
    assert_signs(SERVER "at 0 phone -> server REGISTER " BOTH_PUBLIC "\n"
                        "at 0.02 server -> phone 401 "
                        "replace=\";rport=40001;received=203.0.113.2=>\"\n"
                        "at 0.06 phone -> server REGISTER auth "
                        "replace=\"192.168.1.10:5060=>203.0.113.2:40002\"\n"
                        "end 60\n",
                 "AL-10 in Contact, strong");
}

static void a_contact_that_changes_with_the_source_is_no_sign(void **state)
{
    assert_no_sign(SERVER "at 0 phone -> server REGISTER " BOTH_PUBLIC "\n"
                          "at 0.02 server -> phone 401 "
                          "replace=\";rport=40001;received=203.0.113.2=>\"\n"
                          "at 0.06 phone -> server REGISTER auth src=203.0.113.2:40002 "
                          "replace=\"192.168.1.10:5060=>203.0.113.2:40002\"\n"
                          "end 60\n");
}

static void a_contact_is_not_followed_over_an_answer_that_is_missing(void **state)
{
    assert_no_sign(SERVER "at 0 phone -> server REGISTER\n"
                          "at 5 phone -> server REGISTER " BOTH_PUBLIC "\n"
                          "end 60\n");
}

/* AL-13 */
static void a_digest_for_the_other_side_of_a_nat_is_a_sign(void **state)
{
    assert_signs(NEXT("", "uri=sip:10.0.0.5 digest-uri=sip:198.51.100.10"),
                 "AL-13 in Authorization, strong");
    assert_no_sign(NEXT("", "uri=sip:198.51.100.10 digest-uri=sip:example.com"));
    assert_no_sign(NEXT("", "uri=sip:198.51.100.11 digest-uri=sip:198.51.100.10"));
    assert_no_sign(NEXT("", "uri=sip:198.51.100.10:5060 digest-uri=sip:198.51.100.10"));
}

/* RFC 3261 section 16.6: a proxy may exchange the Request-URI. */
static void behind_a_proxy_the_request_uri_is_the_proxys(void **state)
{
    assert_no_sign(NEXT("", "uri=sip:10.0.0.5 digest-uri=sip:198.51.100.10 "
                            "add=\"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKabc\""));
}

static void beside_the_phone_the_difference_is_its_own(void **state)
{
    assert_no_sign("vantage client\n"
                   "at 0    phone -> server REGISTER\n"
                   "at 0.02 server -> phone 401\n"
                   "at 0.06 phone -> server REGISTER auth uri=sip:10.0.0.5 "
                   "digest-uri=sip:198.51.100.10\n"
                   "at 0.08 server -> phone 401\n"
                   "end 60\n");
}

/* AL-14 */
static void a_digest_that_fits_the_other_side_of_a_nat_is_proof(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(SERVER LOGIN("uri=sip:198.51.100.10 digest-uri=sip:198.51.100.10 "
                                "replace=\"uri=\\\"sip:198.51.100.10=>uri=\\\"sip:10.0.0.5\"",
                                "401"),
                   ALICE, &listing);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_string_equal(j->finding->summary,
                        "AL-13 in Authorization, strong; AL-14 in Authorization, proven");
}

static void a_digest_that_fits_another_name_is_a_sign(void **state)
{
    g_autoptr(Judgement) j = judge_with(
        SERVER LOGIN("replace=\"uri=\\\"sip:example.com=>uri=\\\"sip:198.51.100.10\"", "401"),
        ALICE, &listing);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_string_equal(j->finding->summary, "AL-14 in Authorization, strong");
}

static void a_digest_without_port_is_no_sign(void **state)
{
    g_autoptr(Judgement) j = judge_with(
        SERVER LOGIN("replace=\"uri=\\\"sip:example.com=>uri=\\\"sip:example.com:5060\"", "401"),
        ALICE, &listing);

    assert_int_equal(j->verdict, RULE_CLEAN);
}

/* AL-16 */
static void a_received_in_a_request_is_proof(void **state)
{
    assert_signs(REQUEST("replace=\";rport=>;rport=40001;received=203.0.113.2\""),
                 "AL-16 in Via, proven");
    assert_signs(REQUEST("replace=\";rport=>;rport=40001\""), "AL-16 in Via, strong");
}

/* Some phones write the port that they send from. */
static void an_rport_with_the_phones_own_port_is_no_sign(void **state)
{
    assert_no_sign(REQUEST("replace=\";rport=>;rport=5060\""));
    assert_no_sign(SERVER "phone 203.0.113.9 nat=none\n"
                          "at 0 phone -> server REGISTER replace=\";rport=>;rport=5060\"\n"
                          "at 0.02 server -> phone 401\n"
                          "end 60\n");
}

/* A proxy does write it, into the Via below its own. */
static void a_received_below_a_proxys_via_is_no_sign(void **state)
{
    assert_no_sign(REQUEST("replace=\"Via: SIP=>Via: SIP/2.0/UDP 203.0.113.2:40001;"
                           "branch=z9hG4bKabc,SIP\" replace=\";rport=>;received=192.0.2.7\""));
}

static void a_received_that_the_phone_may_have_copied_is_a_sign(void **state)
{
    assert_signs(NEXT("", "replace=\";rport=>;rport=40001;received=203.0.113.2\""),
                 "AL-16 in Via, strong");
}

/* AL-20: an OPTIONS passes after so long. */
#define PINGED_AFTER(seconds, again)                     \
    SERVER "phone 192.168.1.10:5060 expires=7200\n"      \
           "at 0 phone -> server registration\n"         \
           "at " seconds " server -> phone OPTIONS\n"    \
           "at +0.03 phone -> server 200\n"              \
           "at " again " phone -> server registration\n" \
           "end 7000\n"

static void a_mapping_that_outlives_a_long_silence_is_a_hint(void **state)
{
    assert_signs(PINGED_AFTER("1500", "1600"), "AL-20 in mapping, weak");
    assert_no_sign(PINGED_AFTER("300", "400"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_or_public_addresses_throughout_are_no_sign),
        cmocka_unit_test(a_phone_without_a_nat_shows_nothing),
        cmocka_unit_test(a_private_rest_is_a_hint),
        cmocka_unit_test(a_contact_with_another_port_than_via_and_source_is_a_sign),
        cmocka_unit_test(two_configured_ports_are_a_hint_at_most),
        cmocka_unit_test(a_via_that_was_learned_is_a_hint_at_most),
        cmocka_unit_test(a_configured_port_is_no_sign),
        cmocka_unit_test(over_tcp_ports_differ_by_nature),
        cmocka_unit_test(a_private_rest_beside_a_wrong_port_is_a_sign_too),
        cmocka_unit_test(the_nats_port_in_via_and_the_phones_in_contact_is_a_sign),
        cmocka_unit_test(a_host_in_two_networks_is_a_hint_at_most),
        cmocka_unit_test(a_contact_that_was_learned_is_a_hint_at_most),
        cmocka_unit_test(a_contact_that_nobody_taught_the_phone_is_a_sign),
        cmocka_unit_test(a_contact_that_changes_with_the_source_is_no_sign),
        cmocka_unit_test(a_contact_is_not_followed_over_an_answer_that_is_missing),
        cmocka_unit_test(a_digest_for_the_other_side_of_a_nat_is_a_sign),
        cmocka_unit_test(behind_a_proxy_the_request_uri_is_the_proxys),
        cmocka_unit_test(beside_the_phone_the_difference_is_its_own),
        cmocka_unit_test(a_digest_that_fits_the_other_side_of_a_nat_is_proof),
        cmocka_unit_test(a_digest_that_fits_another_name_is_a_sign),
        cmocka_unit_test(a_digest_without_port_is_no_sign),
        cmocka_unit_test(a_received_in_a_request_is_proof),
        cmocka_unit_test(an_rport_with_the_phones_own_port_is_no_sign),
        cmocka_unit_test(a_received_below_a_proxys_via_is_no_sign),
        cmocka_unit_test(a_received_that_the_phone_may_have_copied_is_a_sign),
        cmocka_unit_test(a_mapping_that_outlives_a_long_silence_is_a_hint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
