/* Finding by text, in order. */

#include "reg/text_index.h"

#include <glib.h>

#include "support/check.h"

static Str word(const void *items, uint32_t i)
{
    return ((const Str *)items)[i];
}

static void finds_all_of_a_text_in_order(void **state)
{
    const Str words[] = { STR("a"), STR("b"), STR("a"), STR_NONE, STR("a") };
    RegTextIndex index = { .heads = NULL };

    reg_text_index_build(&index, words, G_N_ELEMENTS(words), word);
    assert_int_equal(reg_text_index_first(&index, STR("a")), 0);
    assert_int_equal(reg_text_index_next(&index, 0), 2);
    assert_int_equal(reg_text_index_next(&index, 2), 4);
    assert_int_equal(reg_text_index_next(&index, 4), REG_TEXT_INDEX_NONE);
    assert_int_equal(reg_text_index_first(&index, STR("b")), 1);
    assert_int_equal(reg_text_index_next(&index, 1), REG_TEXT_INDEX_NONE);
    assert_int_equal(reg_text_index_first(&index, STR_NONE), 3);
    assert_int_equal(reg_text_index_first(&index, STR("c")), REG_TEXT_INDEX_NONE);
    reg_text_index_clear(&index);
}

static void finds_nothing_in_nothing(void **state)
{
    RegTextIndex index = { .heads = NULL };

    assert_int_equal(reg_text_index_first(&index, STR("a")), REG_TEXT_INDEX_NONE);
    reg_text_index_build(&index, NULL, 0, word);
    assert_int_equal(reg_text_index_first(&index, STR("a")), REG_TEXT_INDEX_NONE);
    reg_text_index_clear(&index);
    assert_int_equal(reg_text_index_first(&index, STR("a")), REG_TEXT_INDEX_NONE);
}

static void can_be_built_again(void **state)
{
    const Str words[] = { STR("a"), STR("b") };
    RegTextIndex index = { .heads = NULL };

    reg_text_index_build(&index, words, 1, word);
    assert_int_equal(reg_text_index_first(&index, STR("b")), REG_TEXT_INDEX_NONE);
    reg_text_index_build(&index, words, 2, word);
    assert_int_equal(reg_text_index_first(&index, STR("b")), 1);
    reg_text_index_clear(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_all_of_a_text_in_order),
        cmocka_unit_test(finds_nothing_in_nothing),
        cmocka_unit_test(can_be_built_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
