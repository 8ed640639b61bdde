/* The catalogue of what can be found: whole, and without doubles. */

#include "reg/digest_hypotheses.h"

#include "support/check.h"

static void each_has_a_name_of_its_own_and_a_meaning(void **state)
{
    unsigned n = 0;

    for (; reg_hypothesis_at(n) != NULL; n++) {
        const RegHypothesis *one = reg_hypothesis_at(n);

        assert_non_null(one->id);
        assert_true(strlen(one->text) > 10);
        assert_int_equal(strlen(one->code), strlen("DG-00"));
        for (unsigned i = 0; i < n; i++)
            assert_string_not_equal(reg_hypothesis_at(i)->id, one->id);
    }
    assert_int_equal(n, REG_HYPOTHESES);
}

static void every_group_is_there(void **state)
{
    for (unsigned group = 0; group <= 22; group++) {
        char code[] = { 'D', 'G', '-', (char)('0' + group / 10), (char)('0' + group % 10), '\0' };
        unsigned n = 0;

        for (unsigned i = 0; reg_hypothesis_at(i) != NULL; i++)
            n += strcmp(reg_hypothesis_at(i)->code, code) == 0;
        assert_true(n > 0);
    }
}

static void verdicts_are_called_as_the_report_calls_them(void **state)
{
    assert_string_equal(reg_digest_verdict_name(REG_DIGEST_NONE), "none");
    assert_string_equal(reg_digest_verdict_name(REG_DIGEST_NO_SECRET), "no_secret");
    assert_string_equal(reg_digest_verdict_name(REG_DIGEST_NO_CHALLENGE), "no_challenge");
    assert_string_equal(reg_digest_verdict_name(REG_DIGEST_UNSUPPORTED), "unsupported");
    assert_string_equal(reg_digest_verdict_name(REG_DIGEST_MATCH), "match");
    assert_string_equal(reg_digest_verdict_name(REG_DIGEST_MISMATCH), "mismatch");
    assert_string_equal(reg_digest_verdict_name(REG_DIGEST_OTHER_INPUT), "other_input");
}

static void every_ingredient_has_a_name(void **state)
{
    for (unsigned i = 0; i < REG_INGREDIENTS; i++)
        assert_non_null(reg_ingredient_name(i));
    assert_string_equal(reg_ingredient_name(REG_INGREDIENT_CNONCE), "cnonce");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_a_name_of_its_own_and_a_meaning),
        cmocka_unit_test(every_group_is_there),
        cmocka_unit_test(verdicts_are_called_as_the_report_calls_them),
        cmocka_unit_test(every_ingredient_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
