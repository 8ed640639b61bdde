/* The list of values to try, and their spellings. */

#include "reg/digest_choices.h"

#include <glib.h>

#include "support/check.h"

static RegDigestChoices *new_choices(void)
{
    RegDigestChoices *choices = g_new0(RegDigestChoices, 1);

    reg_choices_begin(choices, REG_INGREDIENT_REALM, STR("known"));
    return choices;
}

static void each_value_is_tried_once(void **state)
{
    g_autofree RegDigestChoices *choices = new_choices();

    reg_choices_add(choices, REG_HYPOTHESIS_REALM_CASE, STR("a"));
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_QUOTED, STR("a"));
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_QUOTED, STR("known"));
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_QUOTED, STR_NONE);
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_EMPTY, STR(""));
    assert_int_equal(choices->n, 2);
    assert_string_equal(choices->all[0].hypothesis->id, "realm_case");
    assert_string_equal(choices->all[1].hypothesis->id, "realm_empty");
    assert_int_equal(choices->of[REG_INGREDIENT_REALM].end, 2);
}

static void ingredients_have_lists_of_their_own(void **state)
{
    g_autofree RegDigestChoices *choices = new_choices();

    reg_choices_add(choices, REG_HYPOTHESIS_REALM_CASE, STR("a"));
    reg_choices_begin(choices, REG_INGREDIENT_USER, STR("b"));
    reg_choices_add(choices, REG_HYPOTHESIS_USER_CASE, STR("a"));
    assert_int_equal(choices->of[REG_INGREDIENT_USER].first, 1);
    assert_int_equal(choices->of[REG_INGREDIENT_USER].end, 2);
}

static void too_many_are_left_out(void **state)
{
    static char texts[REG_CHOICES_MAX + 1][4];
    g_autofree RegDigestChoices *choices = new_choices();

    for (unsigned i = 0; i <= REG_CHOICES_MAX; i++) {
        g_snprintf(texts[i], sizeof(texts[i]), "%u", i);
        reg_choices_add(choices, REG_HYPOTHESIS_REALM_CASE, str_of(texts[i]));
    }
    assert_int_equal(choices->n, REG_CHOICES_EACH);
    for (unsigned k = 0; k < REG_INGREDIENTS; k++) {
        reg_choices_begin(choices, k, STR_NONE);
        for (unsigned i = 0; i <= REG_CHOICES_MAX; i++)
            reg_choices_add(choices, REG_HYPOTHESIS_REALM_CASE, str_of(texts[i]));
    }
    assert_int_equal(choices->n, REG_CHOICES_MAX);
}

static void spells_a_text_in_other_ways(void **state)
{
    RegScratch scratch;

    reg_scratch_init(&scratch, 100);
    assert_str_equal(reg_choices_unescape(&scratch, STR("a\\\\b\\\"c\\")), "a\\b\"c\\");
    assert_false(str_present(reg_choices_unescape(&scratch, STR("abc"))));
    assert_str_equal(reg_choices_lower(&scratch, STR("aBC\303\204")), "abc\303\204");
    assert_str_equal(reg_choices_upper(&scratch, STR("aBc")), "ABC");
    assert_str_equal(reg_choices_quote(&scratch, STR("a")), "\"a\"");
    assert_str_equal(reg_choices_percent_decode(&scratch, STR("a%20%zz%4")), "a %zz%4");
    assert_false(str_present(reg_choices_percent_decode(&scratch, STR("100%"))));
    reg_scratch_clear(&scratch);
}

static void has_no_spelling_without_room(void **state)
{
    RegScratch scratch;

    reg_scratch_init(&scratch, 2);
    assert_false(str_present(reg_choices_unescape(&scratch, STR("a\\b"))));
    assert_false(str_present(reg_choices_lower(&scratch, STR("abc"))));
    assert_false(str_present(reg_choices_quote(&scratch, STR("a"))));
    assert_false(str_present(reg_choices_percent_decode(&scratch, STR("%41"))));
    reg_scratch_clear(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_is_tried_once),
        cmocka_unit_test(ingredients_have_lists_of_their_own),
        cmocka_unit_test(too_many_are_left_out),
        cmocka_unit_test(spells_a_text_in_other_ways),
        cmocka_unit_test(has_no_spelling_without_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
