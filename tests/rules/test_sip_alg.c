/*
 * What signs of a rewriter add up to: one beside the phone is something, two are a
 * SIP ALG, and beyond the NAT one is nothing.
 */

#include "expect.h"
#include "logins.h"

extern const Rule rule_sip_alg;

#define EXCHANGE(challenge, accepted)              \
    "at 0     phone -> server REGISTER\n"          \
    "at 0.020 server -> phone 401 " challenge "\n" \
    "at 0.060 phone -> server REGISTER auth\n"     \
    "at 0.080 server -> phone 200 " accepted "\n"  \
    "end 60\n"

#define CLIENT "vantage client\n"
#define SERVER "vantage server\n"
#define OWN "received=192.168.1.10 rport=5060"
#define BOTH_PUBLIC "replace=\"192.168.1.10:5060=>203.0.113.2:40001\" "
#define VIA_PUBLIC "replace=\"UDP 192.168.1.10:5060=>UDP 203.0.113.2:40001\" "
#define CONTACT_PUBLIC "replace=\"alice@192.168.1.10:5060=>alice@203.0.113.2:40001\" "
#define CONTACT_WRONG "replace=\"alice@192.168.1.10:5060=>alice@203.0.113.2:5060\" "

#define SOMETHING \
    "something between alice@example.com and 198.51.100.10:5060 rewrites SIP, seen in "
#define A_BOX \
    "a box (SIP ALG) between alice@example.com and 198.51.100.10:5060 rewrites SIP, seen in "
#define PRIVATE                                                                                   \
    "by the Via that comes back a server on the Internet saw the phone's private address as the " \
    "source; the server does not see the NAT and may not keep it open"

static void one_sign_beside_the_phone_is_something(void **state)
{
    g_autoptr(Judgement) j = judge(CLIENT EXCHANGE(OWN, OWN), &rule_sip_alg);

    assert_fires(j, FINDING_STRONG, SOMETHING "2 of 2 exchanges: " PRIVATE);
    assert_fact(j, 0, "Via", 1);
    assert_fact(j, 1, "Via", 2);
    assert_non_null(strstr(fact_at(j->finding, 1)->seen, "received=192.168.1.10"));
    assert_string_equal(fact_at(j->finding, 1)->expected,
                        "received= with the public address of the NAT");
    assert_rejects(j, "phone_setting");
    assert_rejects(j, "registrar_in_lan");
    assert_non_null(strstr(j->finding->settle, "MPLS"));
    assert_non_null(strstr(finding_advice(j->finding), "modprobe -r nf_nat_sip"));
}

static void a_proof_needs_no_second_sign(void **state)
{
    g_autoptr(Judgement) j =
        judge(CLIENT EXCHANGE("", "replace=\"UDP 192.168.1.10:5060=>UDP 203.0.113.2:40001\""),
              &rule_sip_alg);

    assert_fires(j, FINDING_PROVEN,
                 A_BOX "1 of 2 exchanges: the Via that comes back is not the one that was sent; no "
                       "harm to this registration shows");
    assert_fact(j, 0, "Via", 3);
    assert_fact(j, 1, "Via", 4);
}

static void two_headers_are_a_box(void **state)
{
    g_autoptr(Judgement) j = judge(
        SERVER "at 0 phone -> server REGISTER call-id=7@192.168.1.10 " VIA_PUBLIC CONTACT_WRONG "\n"
               "at 0.02 server -> phone 401\n"
               "end 60\n",
        &rule_sip_alg);

    assert_fires(j, FINDING_STRONG,
                 A_BOX "1 of 1 exchange: a private address is left where Via and Contact have the "
                       "public one, and Via has the port that the packet came from, Contact "
                       "another one; the server has a Contact with another port");
    assert_fact(j, 0, "Call-ID", 1);
    assert_fact(j, 1, "Contact", 1);
    assert_rejects(j, "proxy");
}

/* Via twice is one witness. */
static void two_signs_in_one_header_are_one(void **state)
{
    g_autoptr(Judgement) j =
        judge(CLIENT EXCHANGE(OWN, "replace=\"UDP 192.168.1.10:5060=>UDP phone.example.com\""),
              &rule_sip_alg);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_true(g_str_has_prefix(j->finding->summary, SOMETHING));
}

static void one_sign_and_a_digest_over_another_host_are_a_box(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(SERVER "at 0     phone -> server REGISTER " VIA_PUBLIC "\n"
                          "at 0.020 server -> phone 401\n"
                          "at 0.060 phone -> server REGISTER auth " VIA_PUBLIC
                          "replace=\"uri=\\\"sip:example.com=>uri=\\\"sip:198.51.100.10\"\n"
                          "at 0.080 server -> phone 401\n"
                          "end 60\n",
                   ALICE, &rule_sip_alg);

    assert_fires(j, FINDING_STRONG,
                 A_BOX "2 of 2 exchanges: Via has the NAT's address and port, Contact the phone's "
                       "own, and the digest fits another host than the one that its uri names now; "
                       "an input of the digest is another one behind it, and the server does not "
                       "see the NAT and may not keep it open");
}

/* With the digest over an address from the other side of a NAT. */
static void an_edited_digest_uri_is_proof(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(SERVER LOGIN("uri=sip:198.51.100.10 digest-uri=sip:198.51.100.10 "
                                "replace=\"uri=\\\"sip:198.51.100.10=>uri=\\\"sip:10.0.0.5\"",
                                "401"),
                   ALICE, &rule_sip_alg);

    assert_fires(j, FINDING_PROVEN,
                 A_BOX "1 of 2 exchanges: the digest fits another host than the one that its uri "
                       "names now; an input of the digest is another one behind it");
}

static void says_when_the_digest_is_untouched(void **state)
{
    g_autoptr(Judgement) j = judge_with(CLIENT EXCHANGE(OWN, OWN), ALICE, &rule_sip_alg);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_rejects(j, "password_altered");
}

static void says_when_the_phone_misses_its_own_binding(void **state)
{
    g_autoptr(Judgement) j =
        judge(CLIENT EXCHANGE(OWN, OWN " contact=sip:alice@203.0.113.2:40001"), &rule_sip_alg);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(
        strstr(j->finding->summary, "the phone does not find its own Contact in the 200"));
}

/* Beyond the NAT the very same bytes come from a phone with STUN. */
static void one_sign_beyond_the_nat_is_not_enough(void **state)
{
    g_autoptr(Judgement) j =
        judge(SERVER "at 0 phone -> server REGISTER " VIA_PUBLIC CONTACT_WRONG "\n"
                     "at 0.02 server -> phone 401\n"
                     "end 60\n",
              &rule_sip_alg);

    assert_abstains(j, "beyond the NAT one sign alone is as likely a setting of the phone");
}

static void one_sign_beyond_the_nat_with_another_beside_it_is_a_hint(void **state)
{
    g_autoptr(Judgement) beside =
        judge(SERVER "at 0     phone -> server REGISTER\n"
                     "at 0.020 server -> phone 401\n"
                     "at 0.060 phone -> server REGISTER auth uri=sip:10.0.0.5 "
                     "digest-uri=sip:198.51.100.10 " CONTACT_PUBLIC "\n"
                     "at 0.080 server -> phone 200\n"
                     "end 60\n",
              &rule_sip_alg);
    g_autoptr(Judgement) refused =
        judge(SERVER LOGIN("uri=sip:10.0.0.5 digest-uri=sip:198.51.100.10", "403"), &rule_sip_alg);
    g_autoptr(Judgement) accepted =
        judge(SERVER LOGIN("uri=sip:10.0.0.5 digest-uri=sip:198.51.100.10", "200"), &rule_sip_alg);

    assert_fires(refused, FINDING_WEAK,
                 SOMETHING "1 of 2 exchanges: the digest was made for an address on the other side "
                           "of a NAT; an input of the digest is another one behind it");
    assert_int_equal(beside->verdict, RULE_FIRES);
    assert_int_equal(beside->finding->grade, FINDING_WEAK);
    assert_checkable(beside->finding);
    assert_abstains(accepted, "beyond the NAT one sign alone is as likely a setting of the phone");
}

/* Linux's ALG leaves nothing behind: a phone with a public address looks the same. */
static void from_outside_a_clean_rewriter_cannot_be_told(void **state)
{
    g_autoptr(Judgement) rewritten = judge(SERVER "at 0 phone -> server REGISTER " BOTH_PUBLIC "\n"
                                                  "at 0.02 server -> phone 401\n"
                                                  "end 60\n",
                                           &rule_sip_alg);
    g_autoptr(Judgement) without_nat =
        judge(SERVER "phone 203.0.113.9 nat=none\nat 0 phone -> server registration\nend 60\n",
              &rule_sip_alg);

    assert_abstains(rewritten,
                    "from outside a SIP ALG and a phone that knows its public address look alike");
    assert_abstains(without_nat,
                    "from outside a SIP ALG and a phone that knows its public address look alike");
}

static void abstains_where_nothing_can_be_seen(void **state)
{
    g_autoptr(Judgement) unanswered =
        judge(CLIENT "at 0 phone -> server REGISTER\nend 60\n", &rule_sip_alg);
    g_autoptr(Judgement) nowhere = judge("phone 203.0.113.9 hops=0 nat=none\n"
                                         "server 198.51.100.10 hops=0\n" EXCHANGE("", ""),
                                         &rule_sip_alg);
    g_autoptr(Judgement) cut = judge(CLIENT "snaplen 120\n" EXCHANGE(OWN, OWN), &rule_sip_alg);

    assert_abstains(unanswered, "no answer came back that could tell");
    assert_abstains(nowhere, "it is not known on which side of the NAT the capture was taken");
    assert_abstains(cut, "messages were cut by the snapshot length");
}

static void is_clean_on_a_healthy_phone(void **state)
{
    static const char *const scenarios[] = {
        /* behind a NAT, seen from either side */
        CLIENT EXCHANGE("", ""),
        SERVER EXCHANGE("", ""),
        "vantage middle\n" EXCHANGE("", ""),
        /* a registrar in the LAN, over a VPN, on the next segment */
        "vantage client said\nserver 192.168.1.2\nphone nat=none\n" EXCHANGE("", ""),
        "vantage client said\nserver 10.8.0.1 hops=4\nphone 10.1.2.3 nat=none\n" EXCHANGE("", ""),
        CLIENT "server 198.51.100.10 hops=1\nphone nat=none\n" EXCHANGE("", ""),
        /* a site with routers of its own, of which one leads to the server */
        "vantage client said\nphone 10.1.2.3 hops=3 nat=none\n" EXCHANGE("", ""),
        /* a server that never writes received= */
        CLIENT "phone rport=no\n" EXCHANGE("replace=\";received=203.0.113.2=>\"",
                                           "replace=\";received=203.0.113.2=>\""),
        /* a server that stores the address it saw */
        CLIENT EXCHANGE("", "contact=sip:alice@203.0.113.2:40001"),
        /* TCP: the Contact has the port that the phone listens on */
        SERVER "phone 192.168.1.10:49170 transport=tcp\n"
               "at 0 phone -> server connect\n"
               "at 0.01 phone -> server REGISTER contact=sip:alice@192.168.1.10:5060\n"
               "at 0.02 server -> phone 401\n"
               "end 60\n",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        g_autoptr(Judgement) j = judge(scenarios[i], &rule_sip_alg);

        if (j->verdict != RULE_CLEAN)
            print_message("%s%s\n", scenarios[i],
                          j->finding->summary ? j->finding->summary : "abstains");
        assert_clean(j);
    }
}

/* linphone: private at first, public as soon as an answer told it so. */
static void is_clean_on_a_phone_that_learns_its_address(void **state)
{
    g_autoptr(Judgement) outside =
        judge(SERVER "at 0     phone -> server REGISTER\n"
                     "at 0.020 server -> phone 401\n"
                     "at 0.060 phone -> server REGISTER auth " CONTACT_PUBLIC "\n"
                     "at 0.080 server -> phone 200 " CONTACT_PUBLIC "\n"
                     "end 60\n",
              &rule_sip_alg);
    g_autoptr(Judgement) inside =
        judge(CLIENT "at 0     phone -> server REGISTER\n"
                     "at 0.020 server -> phone 401\n"
                     "at 0.060 phone -> server REGISTER auth " CONTACT_PUBLIC "\n"
                     "at 0.080 server -> phone 200\n"
                     "end 60\n",
              &rule_sip_alg);

    assert_clean(outside);
    assert_clean(inside);
}

/* STUN, or configured: beside the phone it can be seen to write the address itself. */
static void is_clean_on_a_phone_that_writes_its_public_address(void **state)
{
    g_autoptr(Judgement) j =
        judge(CLIENT "at 0 phone -> server REGISTER call-id=7@192.168.1.10 " BOTH_PUBLIC "\n"
                     "at 0.020 server -> phone 401 " BOTH_PUBLIC "\n"
                     "at 0.060 phone -> server REGISTER auth " BOTH_PUBLIC "\n"
                     "at 0.080 server -> phone 200 " BOTH_PUBLIC "\n"
                     "end 60\n",
              &rule_sip_alg);

    assert_clean(j);
}

/* Behind a proxy Via and Contact never go together, and "received" is written. */
static void is_clean_behind_a_proxy(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server said\nphone 203.0.113.20 nat=none\n"
              "at 0 phone -> server REGISTER contact=sip:alice@192.168.1.10:5060 "
              "replace=\"Via: SIP=>Via: SIP/2.0/UDP 203.0.113.20;branch=z9hG4bKabc,SIP\" "
              "replace=\";rport=>;rport=40001;received=203.0.113.2\"\n"
              "at 0.02 server -> phone 401\nend 60\n",
              &rule_sip_alg);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_sign_beside_the_phone_is_something),
        cmocka_unit_test(a_proof_needs_no_second_sign),
        cmocka_unit_test(two_headers_are_a_box),
        cmocka_unit_test(two_signs_in_one_header_are_one),
        cmocka_unit_test(one_sign_and_a_digest_over_another_host_are_a_box),
        cmocka_unit_test(an_edited_digest_uri_is_proof),
        cmocka_unit_test(says_when_the_digest_is_untouched),
        cmocka_unit_test(says_when_the_phone_misses_its_own_binding),
        cmocka_unit_test(one_sign_beyond_the_nat_is_not_enough),
        cmocka_unit_test(one_sign_beyond_the_nat_with_another_beside_it_is_a_hint),
        cmocka_unit_test(from_outside_a_clean_rewriter_cannot_be_told),
        cmocka_unit_test(abstains_where_nothing_can_be_seen),
        cmocka_unit_test(is_clean_on_a_healthy_phone),
        cmocka_unit_test(is_clean_on_a_phone_that_learns_its_address),
        cmocka_unit_test(is_clean_on_a_phone_that_writes_its_public_address),
        cmocka_unit_test(is_clean_behind_a_proxy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
