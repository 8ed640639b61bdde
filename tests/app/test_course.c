/* Courses are files that somebody else may have written. */

#include "app/course.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "support/check.h"

#define NEEDED               \
    "Capture: a.pcap\n"      \
    "Findings: none\n"       \
    "Question: Why?\n"       \
    "Filter: sip\n"          \
    "Look: There.\n"         \
    "Broken by: Somebody.\n" \
    "Remember: This.\n"

typedef struct Folder {
    char *path;
    char *file;
} Folder;

static int make_folder(void **state)
{
    Folder *folder = g_new0(Folder, 1);

    folder->path = g_dir_make_tmp("whyreg-course-XXXXXX", NULL);
    folder->file = g_build_filename(folder->path, "course.lessons", NULL);
    *state = folder;
    return folder->path == NULL;
}

static int remove_folder(void **state)
{
    Folder *folder = *state;

    g_unsetenv("WHYREG_SAMPLES");
    g_unlink(folder->file);
    g_rmdir(folder->path);
    g_free(folder->file);
    g_free(folder->path);
    g_free(folder);
    return 0;
}

static Course *load(const Folder *folder, const char *text, GError **error)
{
    assert_true(g_file_set_contents(folder->file, text, -1, NULL));
    return course_load(folder->path, error);
}

static void assert_refused(const Folder *folder, const char *text, const char *because)
{
    g_autoptr(GError) error = NULL;

    assert_null(load(folder, text, &error));
    assert_true(g_error_matches(error, COURSE_ERROR, COURSE_ERROR_FORMAT));
    if (strstr(error->message, because) == NULL)
        fail_msg("'%s' is not in '%s'", because, error->message);
}

static void reads_lessons_in_their_order(void **state)
{
    const Folder *folder = *state;
    g_autoptr(Course) course = load(folder,
                                    "# a comment\n\nPart: One\nLesson: First\n" NEEDED
                                    "\nLesson: Second\n" NEEDED "Part: Two\nLesson: Third\n" NEEDED,
                                    NULL);

    assert_non_null(course);
    assert_int_equal(course->lessons->len, 3);
    assert_string_equal(course_lesson(course, 0)->part, "One");
    assert_string_equal(course_lesson(course, 0)->title, "First");
    assert_string_equal(course_lesson(course, 1)->part, "One");
    assert_string_equal(course_lesson(course, 2)->part, "Two");
    assert_string_equal(course_lesson(course, 2)->title, "Third");
    assert_string_equal(course_lesson(course, 2)->broken_by, "Somebody.");
}

static void a_line_that_begins_with_a_blank_goes_on(void **state)
{
    g_autoptr(Course) course =
        load(*state, "Lesson: A long\n  title\n" NEEDED "\tand that: too\n\n  and this\n", NULL);

    assert_non_null(course);
    assert_string_equal(course_lesson(course, 0)->title, "A long title");
    assert_string_equal(course_lesson(course, 0)->remember, "This. and that: too and this");
    assert_null(course_lesson(course, 0)->part);
}

static void files_are_those_of_the_folder(void **state)
{
    const Folder *folder = *state;
    g_autoptr(Course) course =
        load(folder, "Lesson: x\n" NEEDED "Outside: b.pcap\nCredentials: secret\n", NULL);
    g_autofree char *first = g_build_filename(folder->path, "a.pcap", NULL);
    g_autofree char *second = g_build_filename(folder->path, "b.pcap", NULL);
    g_autofree char *secret = g_build_filename(folder->path, "secret", NULL);

    assert_non_null(course);
    assert_string_equal(course_lesson(course, 0)->captures[0], first);
    assert_string_equal(course_lesson(course, 0)->captures[1], second);
    assert_string_equal(course_lesson(course, 0)->credentials, secret);
}

static void what_is_not_given_is_null(void **state)
{
    g_autoptr(Course) course = load(*state, "Lesson: x\n" NEEDED, NULL);

    assert_non_null(course);
    assert_null(course_lesson(course, 0)->captures[1]);
    assert_null(course_lesson(course, 0)->credentials);
}

static void an_empty_file_is_a_course_without_lessons(void **state)
{
    g_autoptr(Course) course = load(*state, "", NULL);

    assert_non_null(course);
    assert_int_equal(course->lessons->len, 0);
}

static void says_in_which_line_the_mistake_is(void **state)
{
    assert_refused(*state, "Lesson: x\nQuestoin: y\n", "line 2: there is no field 'Questoin'");
    assert_refused(*state, "\nQuestion: y\n", "line 2: before the first lesson stands 'Question'");
    assert_refused(*state, "Lesson: x\nLook: a\nLook: b\n", "line 3: a second 'Look'");
    assert_refused(*state, "Lesson\n", "line 1: no colon in 'Lesson'");
    assert_refused(*state, "  lost\n", "line 1: nothing goes on with 'lost'");
}

static void says_what_a_lesson_lacks(void **state)
{
    assert_refused(*state, "Lesson: x\nCapture: a\nFindings: none\n",
                   "the lesson 'x' has no 'Question'");
}

static void says_that_there_is_no_course(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(course_load("/nonexistent", &error));
    assert_true(g_error_matches(error, COURSE_ERROR, COURSE_ERROR_MISSING));
    assert_non_null(strstr(error->message, "/nonexistent"));
}

static void the_environment_names_the_folder(void **state)
{
    g_setenv("WHYREG_SAMPLES", "/somewhere", TRUE);

    g_autofree char *folder = course_folder();

    assert_string_equal(folder, "/somewhere");
}

static void every_cut_of_a_course_is_read_or_refused(void **state)
{
    static const char whole[] = "Part: p\nLesson: x\n" NEEDED "Outside: b\n  more\n";

    for (size_t len = 0; len < sizeof(whole); len++) {
        g_autofree char *text = g_strndup(whole, len);
        g_autoptr(GError) error = NULL;
        g_autoptr(Course) course = load(*state, text, &error);

        assert_true((course == NULL) == (error != NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_lessons_in_their_order, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_line_that_begins_with_a_blank_goes_on, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(files_are_those_of_the_folder, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_is_not_given_is_null, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_empty_file_is_a_course_without_lessons, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(says_in_which_line_the_mistake_is, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(says_what_a_lesson_lacks, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(says_that_there_is_no_course, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(the_environment_names_the_folder, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(every_cut_of_a_course_is_read_or_refused, make_folder,
                                        remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
