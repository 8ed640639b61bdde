/* The syntax of Asterisk's files: sections, comments, templates. */

#include "reg/secrets_conf.h"

#include "support/check.h"

typedef struct Parsed {
    char *text;
    RegConf conf;
    GError *error;
} Parsed;

static Parsed parse(const char *text)
{
    Parsed parsed = { .text = g_strdup(text) };
    RegSecretsReader reader = { .source = "file", .text = parsed.text, .len = strlen(text) };

    reg_secrets_conf_read(&parsed.conf, &reader, &parsed.error);
    return parsed;
}

static void clear(Parsed *parsed)
{
    reg_secrets_conf_clear(&parsed->conf);
    g_clear_error(&parsed->error);
    g_free(parsed->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parsed, clear)

static void assert_value(const Parsed *parsed, uint32_t section, const char *key, const char *value)
{
    assert_null(parsed->error);
    assert_true(section < parsed->conf.sections->len);

    Str found = reg_secrets_conf_value(&parsed->conf, section, str_of(key));

    assert_int_equal(str_present(found), value != NULL);
    assert_true(str_equal(found, str_of(value)));
}

static void reads_sections_and_settings(void **state)
{
    g_auto(Parsed) parsed = parse(" [one] \n a = b = c \n A=>d\n[two]\na=\n");

    assert_int_equal(parsed.conf.sections->len, 2);
    assert_value(&parsed, 0, "a", "d"); /* the last one, in any case */
    assert_value(&parsed, 1, "a", "");
    assert_value(&parsed, 1, "b", NULL);
}

static void leaves_out_comments(void **state)
{
    g_auto(Parsed) parsed = parse(";--- a line\n"
                                  "[one];\n"
                                  "a=b;--c--;d ;-- over\n"
                                  "[lines]\n"
                                  "--; e=f\n"
                                  "g=h\\;i;j\n"
                                  "#include \"x\"\n");

    assert_int_equal(parsed.conf.sections->len, 1);
    assert_value(&parsed, 0, "a", "bd");
    assert_value(&parsed, 0, "e", "f");
    assert_value(&parsed, 0, "g", "h;i");
}

static void inherits_from_templates(void **state)
{
    g_auto(Parsed) parsed = parse("[base](!)\na=1\nb=1\nc=1\n"
                                  "[more](!,base)\nb=2\n"
                                  "[other](!)\nc=3\n"
                                  "[phone](more, other)\nd=4\n"
                                  "[a](later)\n[later]\nx=y\n");

    assert_true(reg_secrets_conf_section(&parsed.conf, 0)->template);
    assert_true(reg_secrets_conf_section(&parsed.conf, 1)->template);
    assert_false(reg_secrets_conf_section(&parsed.conf, 3)->template);
    assert_value(&parsed, 3, "a", "1");
    assert_value(&parsed, 3, "b", "2");
    assert_value(&parsed, 3, "c", "3");
    assert_value(&parsed, 3, "d", "4");
    assert_value(&parsed, 4, "x", NULL);
}

/* Each names all before it: 2^40 ways to look for a setting. */
static void many_parents_do_not_multiply(void **state)
{
    GString *text = g_string_new("[s]\na=1\n");

    for (unsigned i = 0; i < 40; i++)
        g_string_append(text, "[s](s,s,s,s,s,s,s,s)\n");

    g_autofree char *all = g_string_free(text, FALSE);
    g_auto(Parsed) parsed = parse(all);

    assert_value(&parsed, 1, "a", "1");
    assert_value(&parsed, 40, "a", NULL); /* deeper than anybody goes */
}

static void needs_a_section_for_a_setting(void **state)
{
    g_auto(Parsed) parsed = parse("a=b\n");

    assert_non_null(parsed.error);
    assert_string_equal(parsed.error->message,
                        "file, line 1: is neither [section] nor key = value");
}

static void walks_lists(void **state)
{
    Str rest = STR(" a ,, b c,");
    Str name;

    assert_true(reg_secrets_conf_list_next(&rest, &name));
    assert_str_equal(name, "a");
    assert_true(reg_secrets_conf_list_next(&rest, &name));
    assert_str_equal(name, "b c");
    assert_false(reg_secrets_conf_list_next(&rest, &name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sections_and_settings),
        cmocka_unit_test(leaves_out_comments),
        cmocka_unit_test(inherits_from_templates),
        cmocka_unit_test(many_parents_do_not_multiply),
        cmocka_unit_test(needs_a_section_for_a_setting),
        cmocka_unit_test(walks_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
