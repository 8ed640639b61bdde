/* Reading secrets: who may, how much, and what is left of them. */

#include "reg/secrets_source.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reg/secrets.h"
#include "support/check.h"

/* A file in a directory of its own. */
typedef struct Place {
    char *directory;
    char *file;
    char *link;
} Place;

static Place place_new(const char *text, mode_t mode)
{
    Place place = { .directory = g_dir_make_tmp("secrets-XXXXXX", NULL) };

    assert_non_null(place.directory);
    place.file = g_build_filename(place.directory, "file", NULL);
    place.link = g_build_filename(place.directory, "link", NULL);
    assert_true(g_file_set_contents(place.file, text, -1, NULL));
    assert_int_equal(g_chmod(place.file, mode), 0);
    return place;
}

static void place_clear(Place *place)
{
    g_unlink(place->file);
    g_unlink(place->link);
    g_rmdir(place->directory);
    g_free(place->file);
    g_free(place->link);
    g_free(place->directory);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

static void assert_reads(const char *source, bool readable_by_others, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RegSecretsBlock) block = reg_secrets_source_read(source, readable_by_others, &error);

    assert_null(error);
    assert_non_null(block);
    assert_int_equal(block->len, strlen(text));
    assert_memory_equal(block->bytes, text, block->len);
}

static void assert_fails(const char *source, RegSecretsError code, const char *words)
{
    g_autoptr(GError) error = NULL;

    assert_null(reg_secrets_source_read(source, false, &error));
    assert_true(g_error_matches(error, REG_SECRETS_ERROR, (int)code));
    assert_non_null(strstr(error->message, words));
}

static void reads_a_file_of_its_owner_alone(void **state)
{
    g_auto(Place) place = place_new("a:b:c\n", 0600);

    assert_reads(place.file, false, "a:b:c\n");
    g_chmod(place.file, 0400);
    assert_reads(place.file, false, "a:b:c\n");
}

static void reads_an_empty_file(void **state)
{
    g_auto(Place) place = place_new("", 0600);

    assert_reads(place.file, false, "");
}

static void refuses_a_file_that_others_can_read(void **state)
{
    const mode_t modes[] = { 0640, 0604, 0644, 0440 };
    g_auto(Place) place = place_new("a:b:c\n", 0600);

    for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_chmod(place.file, modes[i]);
        assert_fails(place.file, REG_SECRETS_ERROR_MODE, "chmod 600");
        assert_reads(place.file, true, "a:b:c\n");
    }
}

static void takes_what_the_service_manager_hands_over(void **state)
{
    g_auto(Place) place = place_new("a:b:c\n", 0440);
    g_autofree char *longer = g_strconcat(place.directory, "-other", NULL);

    g_setenv("CREDENTIALS_DIRECTORY", place.directory, TRUE);
    assert_reads(place.file, false, "a:b:c\n");
    g_setenv("CREDENTIALS_DIRECTORY", longer, TRUE);
    assert_fails(place.file, REG_SECRETS_ERROR_MODE, "chmod 600");
    g_unsetenv("CREDENTIALS_DIRECTORY");
}

static void follows_its_owners_links_to_the_same_rule(void **state)
{
    g_auto(Place) place = place_new("a:b:c\n", 0600);

    assert_int_equal(symlink("file", place.link), 0);
    assert_reads(place.link, false, "a:b:c\n");
    g_chmod(place.file, 0644);
    assert_fails(place.link, REG_SECRETS_ERROR_MODE, "chmod 600");
}

/* Only root can make such a link here. */
static void refuses_a_link_that_a_stranger_made(void **state)
{
    g_auto(Place) place = place_new("a:b:c\n", 0600);

    assert_int_equal(symlink("file", place.link), 0);
    if (lchown(place.link, 12345, 12345) != 0)
        skip();
    assert_fails(place.link, REG_SECRETS_ERROR_MODE, "symbolic link");
}

static void says_what_it_could_not_open(void **state)
{
    g_auto(Place) place = place_new("", 0600);

    assert_fails(place.link, REG_SECRETS_ERROR_OPEN, "No such file");
    assert_fails(place.directory, REG_SECRETS_ERROR_OPEN, "directory");
}

static void reads_a_pipe_to_its_end(void **state)
{
    int ends[2];
    char text[10000];
    g_autofree char *source = NULL;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
    close(ends[1]);
    source = g_strdup_printf("fd:%d", ends[0]);
    assert_reads(source, false, text);
    assert_int_equal(fcntl(ends[0], F_GETFD), -1); /* closed */
}

static void refuses_more_than_16_mib(void **state)
{
    g_auto(Place) place = place_new("", 0600);
    g_autofree char *source = NULL;

    assert_int_equal(truncate(place.file, 16 << 20), 0);
    g_autoptr(RegSecretsBlock) block = reg_secrets_source_read(place.file, false, NULL);
    assert_non_null(block);
    assert_int_equal(truncate(place.file, (16 << 20) + 1), 0);
    assert_fails(place.file, REG_SECRETS_ERROR_OPEN, "16 MiB");
    source = g_strdup_printf("fd:%d", open("/dev/zero", O_RDONLY));
    g_autoptr(GError) error = NULL;
    assert_null(reg_secrets_source_read(source, true, &error));
    assert_non_null(strstr(error->message, "16 MiB"));
}

static void knows_a_descriptor_when_it_sees_one(void **state)
{
    assert_fails("fd:", REG_SECRETS_ERROR_OPEN, "no descriptor");
    assert_fails("fd:x", REG_SECRETS_ERROR_OPEN, "no descriptor");
    assert_fails("fd:-1", REG_SECRETS_ERROR_OPEN, "no descriptor");
    assert_fails("fd:99999999999999999999", REG_SECRETS_ERROR_OPEN, "no descriptor");
    assert_fails("fd:987654", REG_SECRETS_ERROR_OPEN, "Bad file descriptor");
}

/* It would stand in /proc/PID/environ until we end. */
static void takes_a_variable_out_of_the_environment(void **state)
{
    g_setenv("WHYREG_TEST_SECRETS", "a:b:planted", TRUE);

    const char *value = g_getenv("WHYREG_TEST_SECRETS");

    assert_reads("env:WHYREG_TEST_SECRETS", false, "a:b:planted");
    assert_null(g_getenv("WHYREG_TEST_SECRETS"));
    assert_int_equal(strlen(value), 0);
    assert_fails("env:WHYREG_TEST_SECRETS", REG_SECRETS_ERROR_OPEN, "not set");
}

static void wipes_a_block_before_it_goes(void **state)
{
    RegSecretsBlock *block = reg_secrets_block_new(6);

    memcpy(block->bytes, "secret", 6);
    block->len = 6;
    reg_secrets_block_wipe(block);
    assert_memory_equal(block->bytes, "\0\0\0\0\0\0", 6);
    assert_int_equal(block->len, 0);
    reg_secrets_block_free(block);
    reg_secrets_block_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_file_of_its_owner_alone),
        cmocka_unit_test(reads_an_empty_file),
        cmocka_unit_test(refuses_a_file_that_others_can_read),
        cmocka_unit_test(takes_what_the_service_manager_hands_over),
        cmocka_unit_test(follows_its_owners_links_to_the_same_rule),
        cmocka_unit_test(refuses_a_link_that_a_stranger_made),
        cmocka_unit_test(says_what_it_could_not_open),
        cmocka_unit_test(reads_a_pipe_to_its_end),
        cmocka_unit_test(refuses_more_than_16_mib),
        cmocka_unit_test(knows_a_descriptor_when_it_sees_one),
        cmocka_unit_test(takes_a_variable_out_of_the_environment),
        cmocka_unit_test(wipes_a_block_before_it_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
