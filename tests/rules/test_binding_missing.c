/*
 * Lists of bindings in which a device does not find itself, and those in which
 * it does.
 */

#include "expect.h"

extern const Rule rule_binding_missing;

#define ANSWERED(asks, answer)                         \
    "vantage client\n"                                 \
    "at 0    phone -> server REGISTER\n"               \
    "at 0.02 server -> phone 401\n"                    \
    "at 0.03 phone -> server REGISTER auth " asks "\n" \
    "at 0.05 server -> phone 200 " answer "\n"

#define BROWSER "contact=<sip:k7h1@q3b7.invalid;transport=ws>"

static void fires_when_a_browser_does_not_find_itself(void **state)
{
    g_autoptr(Judgement) j =
        judge(ANSWERED(BROWSER,
                       "contact=<sip:alice@203.0.113.2:40001;transport=ws>;expires=600") "end 60\n",
              &rule_binding_missing);

    assert_fires(j, FINDING_STRONG,
                 "the registrar accepted sip:k7h1@q3b7.invalid;transport=ws for "
                 "alice@example.com, but its 200 OK lists only "
                 "sip:alice@203.0.113.2:40001;transport=ws, the address that the registrar saw the "
                 "request come from and put there; a client in a browser drops such an answer");
    assert_fact(j, 0, "Contact", 3);
    assert_fact(j, 1, "200 OK", 4);
    assert_rejects(j, "deregistered");
}

/* JsSIP and SIP.js compare the user part alone. */
static void a_browser_is_content_with_its_user(void **state)
{
    g_autoptr(Judgement) j =
        judge(ANSWERED(BROWSER,
                       "contact=<sip:k7h1@203.0.113.2:40001;transport=ws>;expires=600") "end 60\n",
              &rule_binding_missing);

    assert_clean(j);
}

/* Asterisk's rewrite_contact, and many other registrars behind NAT. */
static void a_rewritten_address_is_no_fault_by_itself(void **state)
{
    g_autoptr(Judgement) j =
        judge(ANSWERED("", "contact=<sip:alice@203.0.113.2:40001>;expires=600") "end 60\n",
              &rule_binding_missing);

    assert_clean(j);
}

static void fires_when_the_device_registers_again_and_again(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n"
              "repeat 6 every 2 {\n"
              "at 0    phone -> server REGISTER\n"
              "at 0.02 server -> phone 200 contact=<sip:alice@203.0.113.2:40001>;expires=600\n"
              "}\nend 60\n",
              &rule_binding_missing);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_non_null(strstr(j->finding->summary, "; the device registers again and again"));
    assert_checkable(j->finding);
}

static void fires_when_the_device_acts_as_if_unanswered(void **state)
{
    g_autoptr(Judgement) j = judge(
        ANSWERED(
            "",
            "contact=<sip:alice@203.0.113.2:40001>;expires=600") "at 0.53 phone -> server copy\n"
                                                                 "at 1.53 phone -> server copy\n"
                                                                 "at 3.53 phone -> server copy\n"
                                                                 "end 60\n",
        &rule_binding_missing);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "; the device goes on as if it had no answer"));
}

/* The registrar made it another port. */
static void fires_when_only_the_port_is_another(void **state)
{
    g_autoptr(Judgement) j =
        judge(ANSWERED("contact=<sip:alice@192.168.1.10:5062>",
                       "contact=<sip:alice@192.168.1.10:5070>;expires=600") "end 60\n",
              &rule_binding_missing);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "; requests for the device go to another port"));
}

static void fires_when_it_is_listed_without_time(void **state)
{
    g_autoptr(Judgement) j =
        judge(ANSWERED("", "contact=<sip:alice@192.168.1.10:5060>;expires=0") "end 60\n",
              &rule_binding_missing);

    assert_fires(j, FINDING_PROVEN,
                 "the registrar accepted sip:alice@192.168.1.10:5060 for alice@example.com, but "
                 "its 200 OK lists it with no time: it is not bound");
}

/* RFC 3261 section 10.3 wants a list; many simple servers send none. */
static void no_list_at_all_is_no_fault_by_itself(void **state)
{
    g_autoptr(Judgement) j = judge(ANSWERED("", "contact=none") "end 60\n", &rule_binding_missing);

    assert_clean(j);
}

static void says_so_when_there_is_no_list(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "repeat 6 every 2 {\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 200 contact=none\n"
                                   "}\nend 60\n",
                                   &rule_binding_missing);

    assert_fires(j, FINDING_STRONG,
                 "the registrar accepted sip:alice@192.168.1.10:5060 for alice@example.com, but "
                 "its 200 OK lists no Contact; the device registers again and again");
}

/* Its own one among others, with what registrars add. */
static void is_clean_when_it_is_in_the_list(void **state)
{
    g_autoptr(Judgement) plain = judge(ANSWERED("", "") "end 60\n", &rule_binding_missing);
    g_autoptr(Judgement) others =
        judge(ANSWERED(BROWSER, "contact=\"<sip:other@198.51.100.9>;expires=12, "
                                "<sip:k7h1@q3b7.invalid;transport=ws>;expires=600\"") "end 60\n",
              &rule_binding_missing);
    g_autoptr(Judgement) added =
        judge(ANSWERED("", "contact=\"<sip:alice@192.168.1.10:5060;transport=udp;line=7>;"
                           "expires=600;received=\\\"sip:203.0.113.2:40001\\\"\"") "end 60\n",
              &rule_binding_missing);
    g_autoptr(Judgement) port =
        judge(ANSWERED("contact=<sip:alice@192.168.1.10>",
                       "contact=<sip:alice@192.168.1.10:5060>;expires=600") "end 60\n",
              &rule_binding_missing);

    assert_clean(plain);
    assert_clean(others);
    assert_clean(added);
    assert_clean(port);
}

static void is_clean_when_it_is_removed_or_asked_for(void **state)
{
    g_autoptr(Judgement) removed = judge(
        ANSWERED(BROWSER " expires=0", "contact=<sip:bob@198.51.100.9>;expires=12") "end 60\n",
        &rule_binding_missing);
    g_autoptr(Judgement) asked =
        judge(ANSWERED("contact=none", "contact=<sip:bob@198.51.100.9>;expires=12") "end 60\n",
              &rule_binding_missing);

    assert_clean(removed);
    assert_clean(asked);
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j =
        judge("snaplen 420\n" ANSWERED(BROWSER, "contact=none") "end 60\n", &rule_binding_missing);

    assert_abstains(j, "messages were cut by the snapshot length");
}

static void the_gruu_tells_more(void **state)
{
    g_autofree char *ids =
        judge_all(ANSWERED("contact=<sip:x@example.com;gr;transport=ws>",
                           "contact=<sip:x@example.com;gr;transport=ws>;expires=0") "end 60\n");

    assert_non_null(strstr(ids, "gruu_as_contact"));
    assert_null(strstr(ids, "binding_missing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_a_browser_does_not_find_itself),
        cmocka_unit_test(a_browser_is_content_with_its_user),
        cmocka_unit_test(a_rewritten_address_is_no_fault_by_itself),
        cmocka_unit_test(fires_when_the_device_registers_again_and_again),
        cmocka_unit_test(fires_when_the_device_acts_as_if_unanswered),
        cmocka_unit_test(fires_when_only_the_port_is_another),
        cmocka_unit_test(fires_when_it_is_listed_without_time),
        cmocka_unit_test(no_list_at_all_is_no_fault_by_itself),
        cmocka_unit_test(says_so_when_there_is_no_list),
        cmocka_unit_test(is_clean_when_it_is_in_the_list),
        cmocka_unit_test(is_clean_when_it_is_removed_or_asked_for),
        cmocka_unit_test(abstains_when_messages_were_cut),
        cmocka_unit_test(the_gruu_tells_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
