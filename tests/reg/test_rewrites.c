/*
 * What the record of a phone's rewritten messages tells.
 */

#include "reg/rewrites.h"
#include "support/check.h"

static void always_is_told_from_sometimes(void **state)
{
    RegRewrites rewrites = { .seen = { [true][true] = { [SIP_HEADER_OTHER] = 5,
                                                        [SIP_HEADER_CONTACT] = 3,
                                                        [SIP_HEADER_COUNT] = 1 } } };
    RegRewrite change = {
        .where = SIP_WHERE_HEADER, .header = SIP_HEADER_CONTACT, .outward = true, .request = true
    };

    assert_int_equal(reg_rewrite_chances(&rewrites, &change), 3);
    change.where = SIP_WHERE_BODY;
    assert_int_equal(reg_rewrite_chances(&rewrites, &change), 1);
    change.where = SIP_WHERE_START_LINE;
    assert_int_equal(reg_rewrite_chances(&rewrites, &change), 5);
    change.outward = false;
    assert_int_equal(reg_rewrite_chances(&rewrites, &change), 0);
}

static void the_subject_names_the_parameter(void **state)
{
    RegRewrite change = { .name = (char *)"Via", .param = (char *)"received" };
    g_autofree char *with = reg_rewrite_subject(&change);

    change.param = NULL;

    g_autofree char *without = reg_rewrite_subject(&change);

    assert_string_equal(with, "Via received");
    assert_string_equal(without, "Via");
}

static void a_message_is_named_by_its_method_and_status(void **state)
{
    RegPairSeen seen = { .method = SIP_METHOD_INVITE };
    g_autofree char *request = reg_pair_message(&seen);

    seen.status = 180;

    g_autofree char *answer = reg_pair_message(&seen);

    assert_string_equal(request, "INVITE");
    assert_string_equal(answer, "180 to INVITE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(always_is_told_from_sometimes),
        cmocka_unit_test(the_subject_names_the_parameter),
        cmocka_unit_test(a_message_is_named_by_its_method_and_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
