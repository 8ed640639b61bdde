/*
 * The password is the right one, in a damaged form.
 */

#include "logins.h"

extern const Rule rule_password_altered;

#define DAMAGED(used) LOGIN("password=\"" used "\"", "401")

static void fires_when_a_part_of_the_password_fits(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(DAMAGED("tree"), "alice:example.com:tree;house\n", &rule_password_altered);

    assert_fires(
        j, FINDING_PROVEN,
        "alice@example.com does not use the supplied password as it is, but only a part of "
        "it (DG-15, secret_cut_at_char)");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "answer", 4);
    assert_rejects(j, "password_wrong");
}

static void names_the_kind_of_damage(void **state)
{
    static const struct {
        const char *scenario;
        const char *credentials;
        const char *code;
    } damages[] = {
        { DAMAGED("secret "), ALICE, "(DG-14, " },
        { DAMAGED("a&amp;b"), "alice:example.com:a&b\n", "(DG-16, " },
        { DAMAGED("SECRET"), ALICE, "(DG-17, " },
        { DAMAGED(""), ALICE, "(DG-18, " },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(damages); i++) {
        g_autoptr(Judgement) j =
            judge_with(damages[i].scenario, damages[i].credentials, &rule_password_altered);

        assert_int_equal(j->verdict, RULE_FIRES);
        assert_non_null(strstr(j->finding->summary, damages[i].code));
    }
}

static void never_tells_the_password(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(DAMAGED("Z1zz"), "alice:example.com:Z1zz;Y2yy\n", &rule_password_altered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_null(strstr(j->finding->summary, "Z1zz"));
    for (unsigned i = 0; i < j->finding->facts->len; i++)
        assert_null(strstr(fact_at(j->finding, i)->seen, "Z1zz"));
}

static void is_clean_on_another_password(void **state)
{
    g_autoptr(Judgement) j = judge_with(DAMAGED("other"), ALICE, &rule_password_altered);

    assert_clean(j);
}

static void is_clean_on_the_password_of_another_account(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("", "401"), "alice:example.com:other\nbob:example.com:secret\n",
                   &rule_password_altered);

    assert_clean(j);
}

static void is_clean_when_the_server_does_not_mind(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN("password=tree", "200"),
                                        "alice:example.com:tree;house\n", &rule_password_altered);

    assert_clean(j);
}

static void is_clean_without_the_password(void **state)
{
    g_autoptr(Judgement) j = judge(DAMAGED("tree"), &rule_password_altered);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_a_part_of_the_password_fits),
        cmocka_unit_test(names_the_kind_of_damage),
        cmocka_unit_test(never_tells_the_password),
        cmocka_unit_test(is_clean_on_another_password),
        cmocka_unit_test(is_clean_on_the_password_of_another_account),
        cmocka_unit_test(is_clean_when_the_server_does_not_mind),
        cmocka_unit_test(is_clean_without_the_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
