/* The forms of a password, and none that is not made of it. */

#include "choices.h"

static Offered *forms_of(const char *accounts)
{
    Offered *offered = offered_new(&(Login){ .accounts = accounts });

    reg_choices_of_secret(&offered->choices, &offered->scratch, &offered->base, offered->secret,
                          STR(LOGIN_HA1));
    return offered;
}

static const char *as(const Offered *offered, const char *form)
{
    return offered_as(offered, REG_INGREDIENT_SECRET, str_of(form));
}

static void makes_the_forms_that_software_makes(void **state)
{
    g_autoptr(Offered) offered = forms_of("1001:*: pa$$ss;w&rd%41 ");

    assert_string_equal(as(offered, "pa$$ss;w&rd%41"), "secret_blank_lost");
    assert_string_equal(as(offered, "pa$$ss;w&rd%41 "), "secret_blank_lost");
    assert_string_equal(as(offered, " pa$$ss;w&rd%41"), "secret_blank_lost");
    assert_string_equal(as(offered, " pa$$ss;w&rd%41 \n"), "secret_blank_added");
    assert_string_equal(as(offered, "\" pa$$ss;w&rd%41 \""), "secret_quoted");
    assert_string_equal(as(offered, " pa$$ss;w&rdA "), "secret_percent");
    assert_string_equal(as(offered, "%20pa%24%24ss%3Bw%26rd%2541%20"), "secret_percent");
    assert_string_equal(as(offered, "+pa%24%24ss%3Bw%26rd%2541+"), "secret_percent");
    assert_string_equal(as(offered, " pa$$ss;w&amp;rd%41 "), "secret_html");
    assert_string_equal(as(offered, " pa$ss;w&rd%41 "), "secret_dollar");
    assert_string_equal(as(offered, " PA$$SS;W&RD%41 "), "secret_case");
    assert_string_equal(as(offered, " pa$$ss"), "secret_cut_at_char");
    assert_string_equal(as(offered, " pa$$ss;w&rd"), "secret_cut_at_char");
    assert_string_equal(as(offered, " pa$$ss;"), "secret_cut_short");
    assert_string_equal(as(offered, "1001"), "secret_is_user");
    assert_string_equal(as(offered, ""), "secret_empty");
    assert_string_equal(as(offered, LOGIN_HA1), "secret_is_ha1");
    assert_all_differ(offered, REG_INGREDIENT_SECRET, STR(" pa$$ss;w&rd%41 "));
}

static void encodes_and_decodes_all_of_html(void **state)
{
    g_autoptr(Offered) plain = forms_of("1001:*:<\"'&'\">");
    g_autoptr(Offered) encoded = forms_of("1001:*:&lt;&quot;&#39;&amp;&apos;&#039;&gt;&amp;lt;");

    assert_string_equal(as(plain, "&lt;&quot;&#39;&amp;&#39;&quot;&gt;"), "secret_html");
    assert_string_equal(as(plain, "&lt;\"'&'\">"), "secret_html");
    assert_string_equal(as(plain, "<\"&apos;&&apos;\">"), "secret_html");
    assert_string_equal(as(encoded, "<\"'&''>&lt;"), "secret_html");
}

static void changes_character_sets(void **state)
{
    g_autoptr(Offered) utf8 = forms_of("1001:*:\303\274\305\215x");
    g_autoptr(Offered) latin1 = forms_of("1001:*:\374");
    g_autoptr(Offered) apart = forms_of("1001:*:u\314\210\314\204x");

    assert_string_equal(as(utf8, "u\314\210o\314\204x"), "secret_charset");
    assert_string_equal(as(latin1, "\303\274"), "secret_charset");
    assert_string_equal(as(apart, "\307\226x"), "secret_charset"); /* both marks */
}

/* Every character of this one is three letters. */
static void a_form_that_grows_stays_in_its_room(void **state)
{
    GString *account = g_string_new("1001:*:");

    for (unsigned i = 0; i < 170; i++)
        g_string_append(account, "\341\273\203");

    g_autofree char *text = g_string_free(account, FALSE);
    g_autoptr(Offered) offered = forms_of(text);

    assert_true(offered_count(offered, REG_INGREDIENT_SECRET) > 10);
}

static void long_passwords_have_no_forms(void **state)
{
    g_autofree char *password = g_strnfill(600, 'p');
    g_autofree char *text = g_strdup_printf("1001:*:%s", password);
    g_autoptr(Offered) offered = forms_of(text);

    assert_int_equal(offered_count(offered, REG_INGREDIENT_SECRET), 3);
}

static void an_empty_password_has_few_forms(void **state)
{
    g_autoptr(Offered) offered = forms_of("1001:*:");

    assert_string_equal(as(offered, "1001"), "secret_is_user");
    assert_int_equal(offered_count(offered, REG_INGREDIENT_SECRET), 2);
}

static void an_ha1_has_the_forms_that_need_no_password(void **state)
{
    g_autoptr(Offered) offered = forms_of("1001:pbx.example.com:ha1:" LOGIN_HA1);

    assert_string_equal(as(offered, LOGIN_HA1), "secret_is_ha1");
    assert_string_equal(as(offered, ""), "secret_empty");
    assert_string_equal(as(offered, "1001"), "secret_is_user");
    assert_int_equal(offered_count(offered, REG_INGREDIENT_SECRET), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_forms_that_software_makes),
        cmocka_unit_test(encodes_and_decodes_all_of_html),
        cmocka_unit_test(changes_character_sets),
        cmocka_unit_test(a_form_that_grows_stays_in_its_room),
        cmocka_unit_test(long_passwords_have_no_forms),
        cmocka_unit_test(an_empty_password_has_few_forms),
        cmocka_unit_test(an_ha1_has_the_forms_that_need_no_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
