/*
 * One source that tries accounts, and those that only look like it.
 */

#include "expect.h"

extern const Rule rule_scanner;

/* An account of the tool, refused. */
#define TRIES(user, time)                   \
    "phone tool user=" user "\n"            \
    "reboot tool\n"                         \
    "at " time " tool -> server REGISTER\n" \
    "at +0.001 server -> tool 404\n"

#define FOUR_ACCOUNTS TRIES("100", "1") TRIES("101", "3") TRIES("102", "5") TRIES("103", "7")

static void fires_on_a_tool_that_gives_its_name(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone tool 192.0.2.66:5071 nat=none agent=friendly-scanner "
                                   "user=100\n"
                                   "at 1 tool -> server REGISTER\n"
                                   "at 1.001 server -> tool 404\n"
                                   "end 60\n",
                                   &rule_scanner);

    assert_fires(
        j, FINDING_PROVEN,
        "192.0.2.66 tried 1 account (100@example.com) with 1 requests and registered none; "
        "it calls itself friendly-scanner");
    assert_fact(j, 0, "first request", 1);
    assert_int_equal(j->finding->rule->severity, FINDING_NOTE);
}

static void fires_on_many_accounts_at_the_bare_address(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "phone tool 192.0.2.66:5071 nat=none domain=198.51.100.10\n" FOUR_ACCOUNTS "end 60\n",
              &rule_scanner);

    assert_fires(j, FINDING_STRONG,
                 "192.0.2.66 tried 4 accounts (100@198.51.100.10, 101@198.51.100.10, "
                 "102@198.51.100.10, 103@198.51.100.10) with 4 requests and registered none");
    assert_fact(j, 0, "first request", 1);
    assert_fact(j, 1, "last request", 7);
}

static void keeps_the_accounts_of_a_scanner_out_of_the_diagnosis(void **state)
{
    g_autofree char *ids = judge_all(
        "vantage server\n"
        "phone tool 192.0.2.66:5071 nat=none agent=friendly-scanner\n" FOUR_ACCOUNTS "end 60\n");

    assert_string_equal(ids, "scanner");
}

static void is_clean_when_one_of_the_accounts_registers(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "phone tool 192.0.2.66:5071 nat=none domain=198.51.100.10\n" FOUR_ACCOUNTS
              "at 20 tool -> server registration\n"
              "end 60\n",
              &rule_scanner);

    assert_clean(j);
}

/* A gateway that knows its domain and has four wrong passwords. */
static void is_clean_when_the_accounts_have_a_domain(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone tool 192.0.2.66:5071 nat=none\n" FOUR_ACCOUNTS "end 60\n",
                                   &rule_scanner);

    assert_clean(j);
}

static void is_clean_when_it_is_in_the_house(void **state)
{
    g_autoptr(Judgement) j =
        judge("server 192.168.1.2\n"
              "phone tool 192.168.1.66:5071 domain=192.168.1.2\n" FOUR_ACCOUNTS "end 60\n",
              &rule_scanner);

    assert_clean(j);
}

static void is_clean_when_there_are_three_accounts_only(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "phone tool 192.0.2.66:5071 nat=none domain=198.51.100.10\n" TRIES("100", "1")
                  TRIES("101", "3") TRIES("102", "5") "end 60\n",
              &rule_scanner);

    assert_clean(j);
}

/* Several ports are several phones behind one address. */
static void is_clean_when_the_requests_come_from_several_ports(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "phone tool 192.0.2.66:5071 nat=none domain=198.51.100.10\n" FOUR_ACCOUNTS
              "phone other 192.0.2.66:5072 nat=none domain=198.51.100.10 user=105\n"
              "at 20 other -> server REGISTER\n"
              "at 20.1 server -> other 404\n"
              "end 60\n",
              &rule_scanner);

    assert_clean(j);
}

/* A gateway with four lines in a capture that lacks the answers may have
 * registered all of them. */
static void is_clean_when_no_answer_is_in_the_capture(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "server captured=no\n"
              "phone tool 192.0.2.66:5071 nat=none domain=198.51.100.10\n" FOUR_ACCOUNTS "end 60\n",
              &rule_scanner);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_a_tool_that_gives_its_name),
        cmocka_unit_test(fires_on_many_accounts_at_the_bare_address),
        cmocka_unit_test(keeps_the_accounts_of_a_scanner_out_of_the_diagnosis),
        cmocka_unit_test(is_clean_when_one_of_the_accounts_registers),
        cmocka_unit_test(is_clean_when_the_accounts_have_a_domain),
        cmocka_unit_test(is_clean_when_it_is_in_the_house),
        cmocka_unit_test(is_clean_when_there_are_three_accounts_only),
        cmocka_unit_test(is_clean_when_the_requests_come_from_several_ports),
        cmocka_unit_test(is_clean_when_no_answer_is_in_the_capture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
