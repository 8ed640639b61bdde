/*
 * Beside the phone: what an answer tells about the way, and what it does not.
 */

#include "signs.h"

/* Two requests and their answers; what stands behind the answers changes them. */
#define EXCHANGE(challenge, accepted)              \
    "at 0     phone -> server REGISTER\n"          \
    "at 0.020 server -> phone 401 " challenge "\n" \
    "at 0.060 phone -> server REGISTER auth\n"     \
    "at 0.080 server -> phone 200 " accepted "\n"  \
    "end 60\n"

#define CLIENT "vantage client\n"
#define OWN "received=192.168.1.10 rport=5060"

static void a_healthy_phone_behind_a_nat_shows_nothing(void **state)
{
    assert_no_sign(CLIENT EXCHANGE("", ""));
    assert_no_sign("vantage server\n" EXCHANGE("", ""));
    assert_no_sign("vantage middle\n" EXCHANGE("", ""));
}

/* AL-1: RFC 3261 section 8.2.6.2. */
static void a_via_that_comes_back_with_another_address_is_proof(void **state)
{
    assert_signs(CLIENT EXCHANGE("replace=\"UDP 192.168.1.10:5060=>UDP 203.0.113.2:40001\"", ""),
                 "AL-1 in Via, proven");
    assert_signs(CLIENT EXCHANGE("", "replace=\"192.168.1.10:5060;b=>192.168.1.10:40001;b\""),
                 "AL-1 in Via, proven");
}

static void a_via_that_comes_back_with_a_name_may_be_the_servers_doing(void **state)
{
    assert_signs(CLIENT EXCHANGE("replace=\"UDP 192.168.1.10=>UDP phone.example.com\"", ""),
                 "AL-1 in Via, strong");
}

static void a_changed_parameter_of_via_is_a_sign(void **state)
{
    assert_signs(CLIENT "at 0 phone -> server REGISTER replace=\";branch=>;i=2dd5d;branch\"\n"
                        "at 0.02 server -> phone 401 replace=\";branch=>;i=2dd5e;branch\"\n"
                        "end 60\n",
                 "AL-1 in Via, strong");
}

static void a_branch_that_comes_back_changed_is_a_sign(void **state)
{
    assert_signs(CLIENT "at 0 phone -> server REGISTER branch=z9hG4bKone\n"
                        "at 0.02 server -> phone 401 replace=\"z9hG4bKone=>z9hG4bKtwo\"\n"
                        "end 60\n",
                 "AL-1 in Via, strong");
}

/* Section 7.3.1: names in any case, parameters in any order, ports written out; and
 * what RFC 3581, RFC 6223 and RFC 7339 let a server fill in. */
static void another_spelling_of_the_same_via_is_no_sign(void **state)
{
    assert_no_sign(CLIENT EXCHANGE("replace=\"Via: SIP/2.0/UDP=>v:  SIP/2.0/udp\"", ""));
    assert_no_sign(CLIENT EXCHANGE(
        "replace=\";rport=40001;received=203.0.113.2=>;received=203.0.113.2;rport=40001\"", ""));
    assert_no_sign(CLIENT EXCHANGE("replace=\";branch=>;Branch\"", ""));
    assert_no_sign(CLIENT EXCHANGE("replace=\"192.168.1.10:5060;=>192.168.1.10;\"", ""));
    assert_no_sign(
        "vantage client\nphone 192.168.1.10:5060\n"
        "at 0 phone -> server REGISTER replace=\"10:5060;branch=>10;keep=0;oc=1;branch\"\n"
        "at 0.02 server -> phone 401 "
        "replace=\"10:5060;branch=>10:5060;keep=30;oc=20;branch\"\n"
        "end 60\n");
}

/* Beside the server the change would be the server's own. */
static void beside_the_server_its_own_via_is_not_judged(void **state)
{
    assert_no_sign("vantage server\n" EXCHANGE(
        "replace=\"UDP 192.168.1.10:5060=>UDP 203.0.113.2:40001\"", ""));
}

static void the_phones_address_in_from_must_come_back(void **state)
{
    assert_signs(CLIENT "at 0 phone -> server REGISTER from=sip:alice@192.168.1.10\n"
                        "at 0.02 server -> phone 401 "
                        "replace=\"alice@192.168.1.10=>alice@203.0.113.2\"\n"
                        "end 60\n",
                 "AL-1 in From, strong");
    assert_no_sign(CLIENT
                   "at 0 phone -> server REGISTER from=sip:alice@example.com\n"
                   "at 0.02 server -> phone 401 "
                   "replace=\"From: <sip:alice@example.com=>From: <sip:alice@198.51.100.10\"\n"
                   "end 60\n");
}

/* AL-2 */
static void a_distant_server_cannot_have_seen_a_private_address(void **state)
{
    assert_signs(CLIENT EXCHANGE(OWN, ""), "AL-2 in Via, strong");
    assert_signs(CLIENT EXCHANGE(OWN, OWN), "AL-2 in Via, strong");
}

static void a_server_next_door_may_well_have_seen_it(void **state)
{
    assert_no_sign(CLIENT "server 198.51.100.10 hops=1\n" EXCHANGE(OWN, OWN));
    assert_no_sign("vantage client said\nserver 198.51.100.10 hops=0\n" EXCHANGE(OWN, OWN));
}

static void a_registrar_with_a_private_address_may_have_seen_it(void **state)
{
    assert_no_sign("vantage client said\nserver 192.168.1.2\nphone nat=none\n" EXCHANGE("", ""));
    assert_no_sign(
        "vantage client said\nserver 10.8.0.1 hops=3\nphone nat=none\n" EXCHANGE("", ""));
}

/* A site of many, with routers between: MPLS, or a VPN. */
static void a_phone_behind_routers_of_its_own_may_be_routed(void **state)
{
    assert_no_sign("vantage client said\nphone 10.1.2.3 hops=2 nat=none\n" EXCHANGE("", ""));
}

/* RFC 6598 and ULA: the carrier's own network, and one's own IPv6 network. */
static void addresses_of_a_carriers_network_are_no_sign(void **state)
{
    assert_no_sign(CLIENT "phone 100.64.3.4 nat=none\n" EXCHANGE("", ""));
    assert_no_sign(CLIENT "phone [fd00::10] nat=none\nserver [2001:db8::10]\n" EXCHANGE("", ""));
    assert_no_sign(
        CLIENT "phone 10.1.2.3 nat=none\n"
               "at 0 phone -> server REGISTER add=\"Security-Client: ipsec-3gpp;alg=hmac-md5-96\"\n"
               "at 0.02 server -> phone 401\n"
               "end 60\n");
}

/* A phone that has its public address configured, or from STUN. */
static void a_public_address_in_the_phones_via_is_no_sign(void **state)
{
    assert_no_sign(
        CLIENT "at 0 phone -> server REGISTER replace=\"192.168.1.10:5060=>203.0.113.2:40001\"\n"
               "at 0.02 server -> phone 401 replace=\";received=203.0.113.2=>\" "
               "replace=\"192.168.1.10:5060=>203.0.113.2:40001\"\n"
               "end 60\n");
}

/* A proxy adds a Via of its own, and the server sees the proxy. */
static void behind_a_proxy_the_address_is_the_proxys(void **state)
{
    assert_no_sign("vantage client said\nphone 192.168.1.10 nat=none\n"
                   "at 0 phone -> server REGISTER "
                   "add=\"Via: SIP/2.0/UDP 192.168.1.20;branch=z9hG4bKxyz\"\n"
                   "at 0.02 server -> phone 401\n"
                   "end 60\n");
}

static void the_address_of_a_box_before_the_server_is_no_sign(void **state)
{
    assert_no_sign(CLIENT EXCHANGE("received=172.17.0.1 rport=40001", "received=10.0.0.5"));
}

/* AL-3: section 18.2.1 wants "received" where the source is not what Via says. */
static void a_missing_received_is_a_hint(void **state)
{
    assert_signs(CLIENT "phone rport=no\n" EXCHANGE("replace=\";received=203.0.113.2=>\"",
                                                    "replace=\";received=203.0.113.2=>\""),
                 "AL-3 in Via, weak");
}

/* As above, with a server that has written it for others. */
static RuleVerdict list_among_others(const RegChain *chain, Finding *finding)
{
    RegChain among_others = *chain;

    among_others.server_marks_others = true;
    return list_signs(&among_others, finding);
}

static const Rule listing_among_others = { .id = "listing",
                                           .vantage = REG_VANTAGE_ANY,
                                           .check_chain = list_among_others };

static void a_missing_received_of_a_server_that_writes_it_for_others_is_a_sign(void **state)
{
    g_autoptr(Judgement) unsaid =
        judge(CLIENT "phone rport=no\n" EXCHANGE("replace=\";received=203.0.113.2=>\"",
                                                 "replace=\";received=203.0.113.2=>\""),
              &listing_among_others);
    g_autoptr(Judgement) with_rport =
        judge(CLIENT EXCHANGE("replace=\";received=203.0.113.2=>\"", ""), &listing_among_others);

    assert_string_equal(unsaid->finding->summary, "AL-3 in Via, strong");
    assert_string_equal(with_rport->finding->summary, "AL-3 in Via, weak");
}

static void a_missing_received_beside_rport_is_the_servers_way(void **state)
{
    assert_signs(CLIENT EXCHANGE("", "replace=\";received=203.0.113.2=>\""), "AL-3 in Via, weak");
}

/* AL-5 */
static void a_public_contact_in_the_200_is_what_many_servers_store(void **state)
{
    assert_signs(CLIENT EXCHANGE("", "contact=sip:alice@203.0.113.2:40001"),
                 "AL-5 in Contact, weak");
}

/* AL-19 */
static void an_answer_from_next_door_in_the_name_of_a_distant_server_is_proof(void **state)
{
    assert_signs(CLIENT "at 0      phone -> server REGISTER\n"
                        "at 0.0005 server -> phone 401 ttl=64\n"
                        "at 0.060  phone -> server REGISTER auth\n"
                        "at 0.090  server -> phone 200\n"
                        "end 60\n",
                 "AL-19 in TTL, proven");
}

/* Another server behind the same address answers as slowly. */
static void another_ttl_alone_is_no_sign(void **state)
{
    assert_no_sign(CLIENT "at 0     phone -> server REGISTER\n"
                          "at 0.030 server -> phone 401 ttl=64\n"
                          "at 0.060 phone -> server REGISTER auth\n"
                          "at 0.090 server -> phone 200\n"
                          "end 60\n");
    assert_no_sign(CLIENT "at 0      phone -> server REGISTER\n"
                          "at 0.0005 server -> phone 401 ttl=120\n"
                          "at 0.060  phone -> server REGISTER auth\n"
                          "at 0.090  server -> phone 200\n"
                          "end 60\n");
}

/* AL-23 */
static void an_unanswered_cseq_of_zero_is_a_hint(void **state)
{
    assert_signs(CLIENT "at 0    phone -> server REGISTER cseq=0\n"
                        "at 0.5  phone -> server copy\n"
                        "at 5    phone -> server REGISTER cseq=1\n"
                        "at 5.02 server -> phone 401\n"
                        "end 60\n",
                 "AL-23 in CSeq, weak");
    assert_no_sign(CLIENT "at 0    phone -> server REGISTER cseq=0\n"
                          "at 0.02 server -> phone 401\n"
                          "end 60\n");
}

static void nothing_is_told_where_the_place_is_not_known(void **state)
{
    assert_no_sign("phone 203.0.113.9 hops=0 nat=none\nserver 198.51.100.10 hops=0\n" EXCHANGE(
        "replace=\"UDP 203.0.113.9=>UDP 203.0.113.8\"", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_phone_behind_a_nat_shows_nothing),
        cmocka_unit_test(a_via_that_comes_back_with_another_address_is_proof),
        cmocka_unit_test(a_via_that_comes_back_with_a_name_may_be_the_servers_doing),
        cmocka_unit_test(a_changed_parameter_of_via_is_a_sign),
        cmocka_unit_test(a_branch_that_comes_back_changed_is_a_sign),
        cmocka_unit_test(another_spelling_of_the_same_via_is_no_sign),
        cmocka_unit_test(beside_the_server_its_own_via_is_not_judged),
        cmocka_unit_test(the_phones_address_in_from_must_come_back),
        cmocka_unit_test(a_distant_server_cannot_have_seen_a_private_address),
        cmocka_unit_test(a_server_next_door_may_well_have_seen_it),
        cmocka_unit_test(a_registrar_with_a_private_address_may_have_seen_it),
        cmocka_unit_test(a_phone_behind_routers_of_its_own_may_be_routed),
        cmocka_unit_test(addresses_of_a_carriers_network_are_no_sign),
        cmocka_unit_test(a_public_address_in_the_phones_via_is_no_sign),
        cmocka_unit_test(behind_a_proxy_the_address_is_the_proxys),
        cmocka_unit_test(the_address_of_a_box_before_the_server_is_no_sign),
        cmocka_unit_test(a_missing_received_is_a_hint),
        cmocka_unit_test(a_missing_received_of_a_server_that_writes_it_for_others_is_a_sign),
        cmocka_unit_test(a_missing_received_beside_rport_is_the_servers_way),
        cmocka_unit_test(a_public_contact_in_the_200_is_what_many_servers_store),
        cmocka_unit_test(an_answer_from_next_door_in_the_name_of_a_distant_server_is_proof),
        cmocka_unit_test(another_ttl_alone_is_no_sign),
        cmocka_unit_test(an_unanswered_cseq_of_zero_is_a_hint),
        cmocka_unit_test(nothing_is_told_where_the_place_is_not_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
