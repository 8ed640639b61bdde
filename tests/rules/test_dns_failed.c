/*
 * A name of which nothing resolves, and all the questions that fail in a
 * network where everything works.
 */

#include "expect.h"

extern const Rule rule_dns_failed;

#define HEAD           \
    "vantage client\n" \
    "server resolver 198.51.100.53:53\n"

#define NO_SRV                                                      \
    "at 0    phone -> resolver dns SRV _sip._udp.sip.example.com\n" \
    "at 0.02 resolver -> phone dns SRV _sip._udp.sip.example.com NXDOMAIN\n"

#define NO_A                                            \
    "at 0.03 phone -> resolver dns A sip.example.com\n" \
    "at 0.05 resolver -> phone dns A sip.example.com NXDOMAIN\n"

static void fires_when_nothing_resolves(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD NO_SRV NO_A "end 30\n", &rule_dns_failed);

    assert_fires(j, FINDING_PROVEN,
                 "192.168.1.10 asked 198.51.100.53 for sip.example.com (SRV, A) and got no "
                 "address, but NXDOMAIN; no REGISTER followed");
    assert_fact(j, 0, "question", 1);
    assert_fact(j, 1, "answer", 4);
    assert_rejects(j, "register_unanswered");
}

static void names_what_the_name_server_says(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD NO_SRV "at 1    phone -> resolver dns A sip.example.com\n"
                                               "at 1.02 resolver -> phone dns A sip.example.com "
                                               "SERVFAIL\n"
                                               "end 30\n",
                                   &rule_dns_failed);

    assert_fires(j, FINDING_PROVEN,
                 "192.168.1.10 asked 198.51.100.53 for sip.example.com (SRV, A) and got no "
                 "address, but SERVFAIL; no REGISTER followed");
}

/* The name exists, but neither address does. */
static void fires_when_there_is_no_record(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD NO_SRV "at 1    phone -> resolver dns A sip.example.com\n"
                                               "at 1.02 resolver -> phone dns A sip.example.com "
                                               "NODATA\n"
                                               "end 30\n",
                                   &rule_dns_failed);

    assert_fires(j, FINDING_PROVEN,
                 "192.168.1.10 asked 198.51.100.53 for sip.example.com (SRV, A) and got no "
                 "address; no REGISTER followed");
}

static void fires_when_nobody_answers(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0 phone -> resolver dns SRV _sip._udp.sip.example.com\n"
                                        "at 2 phone -> resolver dns SRV _sip._udp.sip.example.com\n"
                                        "at 6 phone -> resolver dns SRV _sip._udp.sip.example.com\n"
                                        "end 30\n",
                                   &rule_dns_failed);

    assert_fires(j, FINDING_STRONG,
                 "192.168.1.10 asked 198.51.100.53 3 times for sip.example.com (SRV) and got no "
                 "answer; no REGISTER followed");
}

/* It may know an address from elsewhere. */
static void is_less_sure_when_no_address_was_asked_for(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD NO_SRV "end 30\n", &rule_dns_failed);

    assert_fires(j, FINDING_STRONG,
                 "192.168.1.10 asked 198.51.100.53 for sip.example.com (SRV) and got no address, "
                 "but NXDOMAIN; no REGISTER followed");
}

/* The SRV record is there, the host that it names is not. */
static void fires_when_the_target_does_not_resolve(void **state)
{
    g_autoptr(Judgement) j =
        judge(HEAD "at 0    phone -> resolver dns SRV _sip._udp.example.com\n"
                   "at 0.02 resolver -> phone dns SRV _sip._udp.example.com gone.example.com\n"
                   "at 0.03 phone -> resolver dns A gone.example.com\n"
                   "at 0.05 resolver -> phone dns A gone.example.com NXDOMAIN\n"
                   "end 30\n",
              &rule_dns_failed);

    assert_fires(j, FINDING_PROVEN,
                 "192.168.1.10 asked 198.51.100.53 for example.com (A) and got no address, but "
                 "NXDOMAIN; no REGISTER followed");
}

static void is_the_headline_for_a_device_without_a_name(void **state)
{
    g_autofree char *ids = judge_all(HEAD NO_SRV NO_A "end 30\n");

    assert_string_equal(ids, "dns_failed");
}

/* RFC 3263 section 4.2: without SRV records the address is asked for. */
static void is_clean_when_the_address_resolves(void **state)
{
    g_autoptr(Judgement) j =
        judge(HEAD NO_SRV "at 0.03 phone -> resolver dns A sip.example.com\n"
                          "at 0.05 resolver -> phone dns A sip.example.com 198.51.100.10\n"
                          "at 0.06 phone -> resolver dns AAAA sip.example.com\n"
                          "at 0.08 resolver -> phone dns AAAA sip.example.com REFUSED\n"
                          "at 1    phone -> server registration\n"
                          "end 30\n",
              &rule_dns_failed);

    assert_clean(j);
}

/* What the name was resolved by is not in the capture: a cache, DNS over TLS. */
static void is_clean_when_a_register_follows(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD NO_SRV NO_A "at 5 phone -> server registration\n"
                                                    "end 90\n",
                                   &rule_dns_failed);

    assert_clean(j);
}

static void a_search_domain_is_not_what_is_missing(void **state)
{
    g_autoptr(Judgement) j =
        judge(HEAD NO_SRV NO_A
              "at 1    phone -> resolver dns SRV _sip._udp.sip.example.com.corp.example\n"
              "at 1.02 resolver -> phone dns SRV _sip._udp.sip.example.com.corp.example NXDOMAIN\n"
              "at 1.03 phone -> resolver dns A sip.example.com.corp.example\n"
              "at 1.05 resolver -> phone dns A sip.example.com.corp.example NXDOMAIN\n"
              "end 30\n",
              &rule_dns_failed);

    assert_fires(j, FINDING_PROVEN,
                 "192.168.1.10 asked 198.51.100.53 for sip.example.com (SRV, A) and got no "
                 "address, but NXDOMAIN; no REGISTER followed");
}

static void the_web_is_no_registration(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0    phone -> resolver dns A www.example.com\n"
                                        "at 0.02 resolver -> phone dns A www.example.com NXDOMAIN\n"
                                        "end 30\n",
                                   &rule_dns_failed);

    assert_int_equal(j->looked, 0);
}

/* What a name server asks, it asks for others. */
static void a_name_server_is_no_phone(void **state)
{
    g_autoptr(Judgement) j =
        judge(HEAD "server root 203.0.113.53:53\n" NO_SRV
                   "at 2    resolver -> root dns SRV _sip._udp.sip.example.com ttl=64\n"
                   "at 2.1  root -> resolver dns SRV _sip._udp.sip.example.com NXDOMAIN\n" NO_A
                   "end 30\n",
              &rule_dns_failed);

    assert_int_equal(j->looked, 1);
}

static void abstains_when_the_capture_ends_at_once(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD NO_SRV NO_A "end 2\n", &rule_dns_failed);

    assert_abstains(j, "the capture ends too early after the question");
}

static void a_single_question_without_answer_may_be_lost(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0 phone -> resolver dns SRV _sip._udp.sip.example.com\n"
                                        "end 30\n",
                                   &rule_dns_failed);

    assert_int_equal(j->looked, 0);
}

/* Outside, the question may be anybody's, and so may the REGISTER. */
static void says_nothing_away_from_the_phone(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "server resolver 198.51.100.53:53\n" NO_SRV NO_A "end 30\n",
                                   &rule_dns_failed);

    assert_int_equal(j->looked, 0);
}

/* A name is asked for to call somebody as well. */
static void is_clean_when_any_request_follows(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD NO_SRV NO_A "at 5 phone -> server INVITE\n"
                                                    "end 90\n",
                                   &rule_dns_failed);

    assert_int_equal(j->looked, 0);
}

/* Somebody else is called: the account has another domain and another trouble. */
static void is_clean_when_the_name_is_not_the_accounts(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 10   phone -> server REGISTER\n"
                                        "at 10.1 server -> phone 403\n"
                                        "repeat 1 every 1 from 100 {\n" NO_SRV NO_A "}\n"
                                        "end 200\n",
                                   &rule_dns_failed);

    assert_clean(j);
}

/* A registration that stands is not missed by anybody. */
static void is_clean_while_the_device_is_registered(void **state)
{
    g_autoptr(Judgement) j =
        judge(HEAD "at 0    phone -> server registration\n"
                   "at 100  phone -> resolver dns SRV _sip._udp.example.com\n"
                   "at 100.02 resolver -> phone dns SRV _sip._udp.example.com NXDOMAIN\n"
                   "at 100.03 phone -> resolver dns A example.com\n"
                   "at 100.05 resolver -> phone dns A example.com NXDOMAIN\n"
                   "end 200\n",
              &rule_dns_failed);

    assert_clean(j);
}

/* The same, when the registration has run out meanwhile. */
static void fires_on_a_device_that_could_not_refresh(void **state)
{
    g_autoptr(Judgement) j =
        judge(HEAD "phone expires=60\n"
                   "at 0    phone -> server registration\n"
                   "at 50    phone -> resolver dns SRV _sip._udp.example.com\n"
                   "at 50.02 resolver -> phone dns SRV _sip._udp.example.com NXDOMAIN\n"
                   "at 50.03 phone -> resolver dns A example.com\n"
                   "at 50.05 resolver -> phone dns A example.com NXDOMAIN\n"
                   "end 200\n",
              &rule_dns_failed);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com asked 198.51.100.53 for example.com (SRV, A) and got no "
                 "address, but NXDOMAIN; no REGISTER followed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_nothing_resolves),
        cmocka_unit_test(names_what_the_name_server_says),
        cmocka_unit_test(fires_when_there_is_no_record),
        cmocka_unit_test(fires_when_nobody_answers),
        cmocka_unit_test(is_less_sure_when_no_address_was_asked_for),
        cmocka_unit_test(fires_when_the_target_does_not_resolve),
        cmocka_unit_test(is_the_headline_for_a_device_without_a_name),
        cmocka_unit_test(is_clean_when_the_address_resolves),
        cmocka_unit_test(is_clean_when_a_register_follows),
        cmocka_unit_test(a_search_domain_is_not_what_is_missing),
        cmocka_unit_test(the_web_is_no_registration),
        cmocka_unit_test(a_name_server_is_no_phone),
        cmocka_unit_test(abstains_when_the_capture_ends_at_once),
        cmocka_unit_test(a_single_question_without_answer_may_be_lost),
        cmocka_unit_test(says_nothing_away_from_the_phone),
        cmocka_unit_test(is_clean_when_any_request_follows),
        cmocka_unit_test(is_clean_when_the_name_is_not_the_accounts),
        cmocka_unit_test(is_clean_while_the_device_is_registered),
        cmocka_unit_test(fires_on_a_device_that_could_not_refresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
