/*
 * What ICMP errors mean, and which belong together.
 */

#include "reg/icmp.h"

#include "from_below.h"

static RegIcmpKind kind_of(const char *reporter, uint8_t type, uint8_t code)
{
    NetEvent event = icmp_of(reporter, type, code, 0, 1);

    return icmp_kind_of(&event);
}

static void both_versions_say_the_same(void **state)
{
    assert_int_equal(kind_of("192.0.2.1", 3, 3), REG_ICMP_PORT);
    assert_int_equal(kind_of("2001:db8::1", 1, 4), REG_ICMP_PORT);
    assert_int_equal(kind_of("192.0.2.1", 3, 9), REG_ICMP_PROHIBITED);
    assert_int_equal(kind_of("192.0.2.1", 3, 10), REG_ICMP_PROHIBITED);
    assert_int_equal(kind_of("192.0.2.1", 3, 13), REG_ICMP_PROHIBITED);
    assert_int_equal(kind_of("2001:db8::1", 1, 1), REG_ICMP_PROHIBITED);
    assert_int_equal(kind_of("192.0.2.1", 3, 1), REG_ICMP_NO_ROUTE);
    assert_int_equal(kind_of("2001:db8::1", 1, 3), REG_ICMP_NO_ROUTE);
    assert_int_equal(kind_of("192.0.2.1", 11, 0), REG_ICMP_EXPIRED);
    assert_int_equal(kind_of("2001:db8::1", 3, 0), REG_ICMP_EXPIRED);
    assert_int_equal(kind_of("192.0.2.1", 3, 4), REG_ICMP_TOO_BIG);
    assert_int_equal(kind_of("2001:db8::1", 2, 0), REG_ICMP_TOO_BIG);
}

/* The number 3 is "unreachable" in one and "time exceeded" in the other. */
static void the_versions_are_not_mixed_up(void **state)
{
    assert_int_equal(kind_of("2001:db8::1", 3, 3), REG_ICMP_OTHER);
    assert_int_equal(kind_of("192.0.2.1", 1, 4), REG_ICMP_OTHER);
    assert_int_equal(kind_of("192.0.2.1", 12, 0), REG_ICMP_OTHER);
}

static void errors_alike_are_counted(void **state)
{
    NetEvent first = icmp_of("192.0.2.1", 3, 4, 0, 1);
    NetEvent again = icmp_of("192.0.2.1", 3, 4, 1, 2);
    NetEvent other_code = icmp_of("192.0.2.1", 3, 3, 2, 3);
    NetEvent other_sender = icmp_of("192.0.2.2", 3, 4, 3, 4);
    RegIcmp icmp = { 0 };

    first.icmp_mtu = 1400;
    icmp_add(&icmp, &first);
    icmp_add(&icmp, &again);
    icmp_add(&icmp, &other_code);
    icmp_add(&icmp, &other_sender);
    assert_int_equal(icmp.seen.count, 2);
    assert_int_equal(icmp.seen.first.frame, 1);
    assert_int_equal(icmp.seen.last.frame, 2);
    assert_int_equal(icmp.mtu, 1400);
    assert_int_equal(reg_icmp_kind(&icmp), REG_ICMP_TOO_BIG);
    assert_string_equal(reg_icmp_name(&icmp), "fragmentation needed");
}

static void what_is_not_known_has_a_name_as_well(void **state)
{
    RegIcmp icmp = { .type = 200 };

    assert_int_equal(reg_icmp_kind(&icmp), REG_ICMP_OTHER);
    assert_string_equal(reg_icmp_name(&icmp), "another error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_versions_say_the_same),
        cmocka_unit_test(the_versions_are_not_mixed_up),
        cmocka_unit_test(errors_alike_are_counted),
        cmocka_unit_test(what_is_not_known_has_a_name_as_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
