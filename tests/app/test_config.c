/*
 * Words in, words out: a small parser stands for that of the program.
 */

#include "app/config.h"

#include <glib/gstdio.h>

#include "support/check.h"

enum { KEY_CONFIG = 1024, KEY_HISTORY, KEY_REDACT };

static const struct argp_option inner[] = {
    { "interface", 'i', "NAME", 0, "Listen there", 0 },
    { "config", KEY_CONFIG, "FILE", 0, "Read this file", 0 },
    { 0 },
};
static const struct argp inner_parser = { .options = inner };
static const struct argp_child children[] = { { &inner_parser, 0, NULL, 0 }, { 0 } };
static const struct argp_option outer[] = {
    { NULL, 0, NULL, 0, "A heading", 0 },
    { "history", KEY_HISTORY, "FILE", 0, "Keep it there", 0 },
    { "redact", KEY_REDACT, NULL, 0, "Tokens", 0 },
    { "on-change", 'x', "COMMAND", 0, "Run it", 0 },
    { 0 },
};
static const struct argp parser = { .options = outer, .children = children };

/* What becomes of "watch --config FILE WORD..." with this text in the file: the words behind the
 * first, or the error without the file's name. */
static char *expand(const char *text, const char *const *more)
{
    g_autofree char *folder = g_dir_make_tmp("config-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "watch.conf", NULL);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autoptr(GPtrArray) all = NULL;
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(words, (gpointer) "whyreg");
    g_ptr_array_add(words, (gpointer) "--config");
    g_ptr_array_add(words, path);
    for (; *more != NULL; more++)
        g_ptr_array_add(words, (gpointer)*more);
    g_ptr_array_add(words, NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    all = config_expand((char *const *)words->pdata, &parser, &error);
    g_unlink(path);
    g_rmdir(folder);
    if (all == NULL)
        return g_strdup(error->message + strlen(path) + strlen(": "));

    g_autofree char *joined = g_strjoinv(" ", (char **)all->pdata + 1);
    char *tail = strstr(joined, "--config ");

    *tail = '\0';
    return g_strconcat(joined, tail + strlen("--config ") + strlen(path), NULL);
}

static void check(const char *text, const char *const *more, const char *expected)
{
    g_autofree char *real = expand(text, more);

    assert_string_equal(real, expected);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

static void keys_become_long_options(void **state)
{
    check("[watch]\n# where\ninterface = eth0\nhistory=/var/lib/h.db\n", WORDS(),
          "--interface=eth0 --history=/var/lib/h.db ");
}

static void values_in_a_row_become_several(void **state)
{
    check("[watch]\ninterface = eth0; eth1;\n", WORDS(), "--interface=eth0 --interface=eth1 ");
}

static void a_command_keeps_its_semicolons_and_backslashes(void **state)
{
    check("[watch]\non-change=a \\; b; c\n", WORDS(), "--on-change=a \\; b; c ");
}

static void flags_are_true_or_false(void **state)
{
    check("[watch]\nredact=true\n", WORDS(), "--redact ");
    check("[watch]\nredact=false\n", WORDS(), "");
    check("[watch]\nredact=yes\n", WORDS(), "redact is true or false, not 'yes'");
}

static void the_command_line_wins(void **state)
{
    const char *text = "[watch]\ninterface=eth0;eth1\nhistory=a\n";

    check(text, WORDS("-i", "eth2"), "--history=a  -i eth2");
    check(text, WORDS("--hist=b"), "--interface=eth0 --interface=eth1  --hist=b");
}

static void words_behind_the_options_stay(void **state)
{
    check("[watch]\nhistory=a\n", WORDS("udp", "port", "5060"), "--history=a  udp port 5060");
}

static void a_misspelt_key_is_told_with_the_one_that_was_meant(void **state)
{
    check("[watch]\nintreface=eth0\n", WORDS(), "there is no key 'intreface'; is it 'interface'?");
    check("[watch]\ni=eth0\n", WORDS(), "there is no key 'i'");
    check("[watch]\nhistory-of-everything-that-ever-happened-anywhere=1\n", WORDS(),
          "there is no key 'history-of-everything-that-ever-happened-anywhere'");
}

static void a_file_does_not_lead_to_another(void **state)
{
    check("[watch]\nconfig=other\n", WORDS(), "there is no key 'config'");
}

static void a_group_of_another_name_is_told(void **state)
{
    check("[watcher]\nhistory=a\n", WORDS(),
          "there is no group [watcher]; all keys stand in [watch]");
}

static void without_the_option_nothing_changes(void **state)
{
    char *words[] = { (char *)"whyreg", (char *)"-i", (char *)"eth0", NULL };
    g_autoptr(GPtrArray) all = config_expand(words, &parser, NULL);

    assert_int_equal(all->len, 4);
    assert_string_equal(all->pdata[1], "-i");
    assert_null(all->pdata[3]);
}

static void a_file_that_is_not_there_is_told(void **state)
{
    char *words[] = { (char *)"whyreg", (char *)"--config=/not/there", NULL };
    g_autoptr(GError) error = NULL;

    assert_null(config_expand(words, &parser, &error));
    assert_non_null(strstr(error->message, "cannot read /not/there: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_become_long_options),
        cmocka_unit_test(values_in_a_row_become_several),
        cmocka_unit_test(a_command_keeps_its_semicolons_and_backslashes),
        cmocka_unit_test(flags_are_true_or_false),
        cmocka_unit_test(the_command_line_wins),
        cmocka_unit_test(words_behind_the_options_stay),
        cmocka_unit_test(a_misspelt_key_is_told_with_the_one_that_was_meant),
        cmocka_unit_test(a_file_does_not_lead_to_another),
        cmocka_unit_test(a_group_of_another_name_is_told),
        cmocka_unit_test(without_the_option_nothing_changes),
        cmocka_unit_test(a_file_that_is_not_there_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
