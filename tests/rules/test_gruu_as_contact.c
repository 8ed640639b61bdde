/*
 * A Contact that leads back to the registrar.
 */

#include "expect.h"

extern const Rule rule_gruu_as_contact;

#define REGISTERS(contact)                                   \
    "vantage client\n"                                       \
    "at 0    phone -> server REGISTER contact=" contact "\n" \
    "at 0.02 server -> phone 200\n"                          \
    "end 60\n"

static void fires_on_a_public_gruu(void **state)
{
    g_autoptr(Judgement) j =
        judge(REGISTERS("<sip:alice@example.com;gr=urn:uuid:1>"), &rule_gruu_as_contact);

    assert_fires(
        j, FINDING_PROVEN,
        "alice@example.com registers a GRUU as its Contact, which leads back to the registrar: "
        "<sip:alice@example.com;gr=urn:uuid:1>");
    assert_fact(j, 0, "Contact", 1);
    assert_fact(j, 1, "answer", 2);
}

static void fires_on_a_temporary_gruu(void **state)
{
    g_autoptr(Judgement) j =
        judge(REGISTERS("<sip:tgruu.7hatz6cn-098@example.com;gr>"), &rule_gruu_as_contact);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_checkable(j->finding);
}

/* Whoever has a public address may make one. */
static void is_clean_when_the_device_made_it(void **state)
{
    g_autoptr(Judgement) host =
        judge(REGISTERS("<sip:alice@phone.example.net;gr>"), &rule_gruu_as_contact);
    g_autoptr(Judgement) address =
        judge(REGISTERS("<sip:alice@192.168.1.10;gr>"), &rule_gruu_as_contact);

    assert_clean(host);
    assert_clean(address);
}

/* That is how a GRUU is asked for. */
static void is_clean_with_an_instance(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n"
              "at 0    phone -> server REGISTER header=\"Contact: <sip:alice@192.168.1.10>;"
              "+sip.instance=\\\"<urn:uuid:1>\\\"\"\n"
              "at 0.02 server -> phone 200 contact=\"<sip:alice@192.168.1.10>;"
              "pub-gruu=\\\"sip:alice@example.com;gr=urn:uuid:1\\\";expires=3600\"\n"
              "end 60\n",
              &rule_gruu_as_contact);

    assert_clean(j);
}

static void is_clean_when_it_is_removed(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0    phone -> server REGISTER expires=0 "
                                   "contact=<sip:alice@example.com;gr=urn:uuid:1>\n"
                                   "at 0.02 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_gruu_as_contact);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_a_public_gruu),
        cmocka_unit_test(fires_on_a_temporary_gruu),
        cmocka_unit_test(is_clean_when_the_device_made_it),
        cmocka_unit_test(is_clean_with_an_instance),
        cmocka_unit_test(is_clean_when_it_is_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
