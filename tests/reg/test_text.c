/*
 * Texts that many devices have in common.
 */

#include "reg/text.h"

#include "support/check.h"

static void equal_texts_are_one(void **state)
{
    SharedTexts shared = { 0 };
    char *a = NULL, *b = NULL;

    text_share(&shared, &a, STR("Phone 1.0"));
    text_share(&shared, &b, STR("Phone 1.0"));
    assert_ptr_equal(a, b);
    assert_string_equal(a, "Phone 1.0");
    text_clear(&a);
    text_clear(&b);
    text_share_clear(&shared);
}

static void a_text_outlives_its_place(void **state)
{
    SharedTexts shared = { 0 };
    char *a = NULL, *b = NULL;

    text_share(&shared, &a, STR("Phone 1.0"));
    for (unsigned i = 0; i < 4 * TEXT_SHARED; i++) {
        g_autofree char *other = g_strdup_printf("scanner %u", i);

        text_share(&shared, &b, str_of(other));
        assert_string_equal(b, other);
    }
    text_share_clear(&shared);
    assert_string_equal(a, "Phone 1.0");
    text_clear(&a);
    text_clear(&b);
}

static void texts_that_differ_behind_a_nul_byte_stay_different(void **state)
{
    SharedTexts shared = { 0 };
    char *a = NULL, *b = NULL;

    text_share(&shared, &a, STR("a\0b"));
    text_share(&shared, &b, STR("a\0c"));
    assert_false(text_equal(a, b));
    text_clear(&a);
    text_clear(&b);
    text_share_clear(&shared);
}

static void no_text_is_no_news(void **state)
{
    SharedTexts shared = { 0 };
    char *a = NULL;

    text_share(&shared, &a, STR_NONE);
    assert_null(a);
    text_share(&shared, &a, STR("Phone"));
    text_share(&shared, &a, STR_NONE);
    assert_string_equal(a, "Phone");
    text_clear(&a);
    text_share_clear(&shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_are_one),
        cmocka_unit_test(a_text_outlives_its_place),
        cmocka_unit_test(texts_that_differ_behind_a_nul_byte_stay_different),
        cmocka_unit_test(no_text_is_no_news),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
