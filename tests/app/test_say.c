/* Whoever reads the lines may stand still. */

#include "app/say.h"

#include <fcntl.h>
#include <unistd.h>

#include "support/check.h"

/* Standard error goes into a pipe; returns what was there before. */
static int redirect(int ends[2])
{
    int kept = dup(STDERR_FILENO);

    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    return kept;
}

static void restore(int kept, int ends[2])
{
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    close(ends[0]);
}

static void a_line_is_written_with_the_name_of_the_program(void **state)
{
    char text[64] = "";
    int ends[2];
    int kept = redirect(ends);

    say("%d and %s", 1, "two");

    ssize_t len = read(ends[0], text, sizeof(text) - 1);

    restore(kept, ends);
    assert_true(len > 0);
    assert_string_equal(text, "whyreg: 1 and two\n");
}

static void nobody_waits_for_a_reader_that_stands_still(void **state)
{
    g_autofree char *long_text = g_strnfill(200000, 'x');
    int ends[2];
    int kept = redirect(ends);

    alarm(30);

    bool first = say_text(long_text);
    bool second = say_text("more\n");

    alarm(0);
    restore(kept, ends);
    assert_false(first);
    assert_false(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_written_with_the_name_of_the_program),
        cmocka_unit_test(nobody_waits_for_a_reader_that_stands_still),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
