/* Room for texts that ends, and is wiped. */

#include "reg/scratch.h"

#include <glib.h>

#include "support/check.h"

static void joins_parts(void **state)
{
    RegScratch scratch;

    reg_scratch_init(&scratch, 10);

    Str joined = reg_scratch_join(&scratch, (Str[]){ STR("ab"), STR_NONE, STR("c") }, 3);

    assert_str_equal(joined, "abc");
    assert_int_equal(scratch.used, 3);
    assert_str_equal(reg_scratch_join(&scratch, NULL, 0), "");
    reg_scratch_clear(&scratch);
}

static void says_no_when_it_is_full(void **state)
{
    RegScratch scratch;

    reg_scratch_init(&scratch, 10);
    assert_non_null(reg_scratch_take(&scratch, 8));
    assert_null(reg_scratch_take(&scratch, 3));
    assert_false(str_present(reg_scratch_join(&scratch, (Str[]){ STR("abc") }, 1)));
    assert_null(reg_scratch_take(&scratch, SIZE_MAX));
    assert_non_null(reg_scratch_take(&scratch, 2));
    reg_scratch_clear(&scratch);
}

static void wipes_what_is_given_back(void **state)
{
    RegScratch scratch;

    reg_scratch_init(&scratch, 10);
    reg_scratch_join(&scratch, (Str[]){ STR("abcdef") }, 1);
    reg_scratch_give_back(&scratch, 2);
    assert_memory_equal(scratch.bytes, "ab\0\0\0\0", 6);
    assert_int_equal(scratch.used, 2);
    reg_scratch_wipe(&scratch);
    assert_memory_equal(scratch.bytes, "\0\0", 2);
    reg_scratch_clear(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_parts),
        cmocka_unit_test(says_no_when_it_is_full),
        cmocka_unit_test(wipes_what_is_given_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
