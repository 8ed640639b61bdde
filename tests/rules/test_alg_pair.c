/*
 * What both sides of a box prove about it. The same story is told twice: as the
 * phone's side saw it, and as the server's side did.
 */

#include "expect.h"

extern const Rule rule_sip_alg;
extern const Rule rule_sip_alg_corruption;

#define INSIDE "vantage client said\n"
#define OUTSIDE "vantage server said\n"

/* What the box makes of the phone's address. */
#define EDIT " replace=\"192.168.1.10:5060=>203.0.113.2:40001\""

#define STORY(out, in)                                           \
    "phone public-port=40001\n"                                  \
    "at 0      phone -> server REGISTER" out "\n"                \
    "at 0.020  server -> phone 401" in "\n"                      \
    "at 0.040  phone -> server REGISTER auth" out "\n"           \
    "at 0.060  server -> phone 200 received=no rport=no" in "\n" \
    "end 60\n"

static void an_edited_address_is_proven(void **state)
{
    g_autoptr(Judgement) j =
        judge_between(INSIDE STORY("", ""), OUTSIDE STORY(EDIT, ""), &rule_sip_alg);

    assert_fires(j, FINDING_PROVEN,
                 "a box (SIP ALG) rewrites the messages of alice@example.com: in 2 of 4 that were "
                 "seen on both sides it replaced addresses, in Via, Contact; the server does not "
                 "see the NAT and may not keep it open");
    assert_non_null(j->finding->rewrites);
    assert_fact(j, 0, "inside", 1);
    assert_rejects(j, "proxy");
    assert_rejects(j, "phone_setting");
}

static void the_same_text_on_both_sides_accuses_nobody(void **state)
{
    g_autoptr(Judgement) j =
        judge_between(INSIDE STORY("", ""), OUTSIDE STORY("", ""), &rule_sip_alg);

    assert_clean(j);
}

static void a_wrong_port_is_an_effect(void **state)
{
    g_autoptr(Judgement) j = judge_between(
        INSIDE STORY("", ""),
        OUTSIDE STORY(" replace=\"192.168.1.10:5060>=>203.0.113.2:5060>\"", ""), &rule_sip_alg);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "in Contact; the server has a Contact with a port "
                                                "that the NAT does not know"));
}

static void changed_inputs_of_the_digest_are_an_effect(void **state)
{
#define URI " realm=r nonce=n1 digest-uri=sip:192.168.1.10:5060"
    g_autoptr(Judgement) j =
        judge_between(INSIDE "at 0 phone -> server REGISTER auth" URI "\nend 60\n",
                      OUTSIDE "phone public-port=40001\n"
                              "at 0 phone -> server REGISTER auth" URI EDIT "\nend 60\n",
                      &rule_sip_alg);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "the inputs of the digest are others behind it"));
}

/* Some write the public address into From, To and Call-ID as well. */
static void one_phone_stays_one_whatever_is_rewritten(void **state)
{
#define NAMED " call-id=abcd@192.168.1.10 from=sip:alice@192.168.1.10 to=sip:alice@192.168.1.10"
#define ALL NAMED " replace=\"192.168.1.10=>203.0.113.2\""
    g_autoptr(Judgement) j =
        judge_between(INSIDE STORY(NAMED, ""), OUTSIDE STORY(ALL, ""), &rule_sip_alg);

    assert_int_equal(j->looked, 1);
    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "in Via, From, To, Call-ID, Contact"));
}

static void a_proxy_is_not_accused(void **state)
{
#define PROXIED " add=\"Via: SIP/2.0/UDP 198.51.100.20;branch=z9hG4bKproxy\""
    g_autoptr(Judgement) j =
        judge_between(INSIDE STORY("", ""), OUTSIDE STORY(PROXIED EDIT, ""), &rule_sip_alg);

    assert_int_not_equal(j->verdict, RULE_FIRES);
}

static void damage_on_the_way_is_proven(void **state)
{
    g_autoptr(Judgement) j =
        judge_between(INSIDE STORY("", ""),
                      OUTSIDE STORY(" replace=\"192.168.1.10:5060>=>203.0.113.2:40001:5060>\"", ""),
                      &rule_sip_alg_corruption);

    assert_fires(j, FINDING_PROVEN,
                 "2 of 4 messages of alice@example.com that were seen on both sides were damaged "
                 "on the way: an address is none any more");
    assert_rejects(j, "sender");
}

static void what_the_phone_itself_sends_damaged_is_nobody_elses_fault(void **state)
{
#define BROKEN " replace=\"192.168.1.10:5060>=>192.168.1.10:5060:5060>\""
    g_autoptr(Judgement) j = judge_between(INSIDE STORY(BROKEN, ""), OUTSIDE STORY(BROKEN, ""),
                                           &rule_sip_alg_corruption);

    assert_true(j->verdict != RULE_FIRES || j->finding->grade != FINDING_PROVEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edited_address_is_proven),
        cmocka_unit_test(the_same_text_on_both_sides_accuses_nobody),
        cmocka_unit_test(a_wrong_port_is_an_effect),
        cmocka_unit_test(changed_inputs_of_the_digest_are_an_effect),
        cmocka_unit_test(one_phone_stays_one_whatever_is_rewritten),
        cmocka_unit_test(a_proxy_is_not_accused),
        cmocka_unit_test(damage_on_the_way_is_proven),
        cmocka_unit_test(what_the_phone_itself_sends_damaged_is_nobody_elses_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
