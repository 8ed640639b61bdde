/*
 * One learns to read captures by reading captures: the question first, what to
 * look at, what happened; the verdict when one has made up one's own mind.
 */

#include "lesson.h"

#include <stdio.h>
#include <unistd.h>

#include "align.h"
#include "base/str.h"
#include "course.h"
#include "pipeline.h"
#include "prose.h"

/* Nobody waits for a lesson so long that an interrupt has to end it politely. */
static const volatile sig_atomic_t never;

typedef struct Show {
    const Course *course;
    const CourseLesson *lesson;
    unsigned index;
    unsigned width;
    bool color;
} Show;

static void print_list(const Course *course)
{
    const char *part = NULL;

    for (unsigned i = 0; i < course->lessons->len; i++) {
        const CourseLesson *lesson = course_lesson(course, i);

        if (g_strcmp0(part, lesson->part) != 0)
            printf("%s%s\n", i > 0 ? "\n" : "", lesson->part);
        part = lesson->part;
        printf("%4u  %s\n", i + 1, lesson->title);
    }
    printf("\nwhyreg lesson 1 begins. Each asks a question, shows what happened, and then the "
           "answer.\n");
}

static CaptureSet *open_captures(const CourseLesson *lesson, GError **error)
{
    CaptureOptions options = { .filter = NULL };
    g_autoptr(CaptureSet) captures = capture_set_new(&options);
    bool several = lesson->captures[1] != NULL;

    if (!capture_set_add(captures, lesson->captures[0],
                         several ? CAPTURE_PLACE_CLIENT : CAPTURE_PLACE_UNSAID, error))
        return NULL;
    if (several
        && (!capture_set_add(captures, lesson->captures[1], CAPTURE_PLACE_MIDDLE, error)
            || !align_captures(captures, &options, &never, error)))
        return NULL;
    return g_steal_pointer(&captures);
}

static void run(CaptureSet *captures, const RegSecrets *secrets, const GPtrArray *writers)
{
    g_autoptr(Pipeline) pipeline = pipeline_new(
        &(PipelineConfig){ .vantage = REG_VANTAGE_UNKNOWN, .secrets = secrets }, captures, writers);
    CapturePacket packet;

    while (capture_set_next(captures, &packet) == CAPTURE_FRAME)
        pipeline_push(pipeline, &packet);
    pipeline_finish(pipeline);
}

/* What the devices did, or the whole report. */
static bool report(const Show *show, bool unjudged, GError **error)
{
    const CourseLesson *lesson = show->lesson;
    g_autoptr(CaptureSet) captures = open_captures(lesson, error);
    g_autoptr(RegSecrets) secrets = reg_secrets_new();
    g_autoptr(GPtrArray) infos = g_ptr_array_new();
    g_autoptr(GPtrArray) writers = g_ptr_array_new();
    ReportOptions options = {
        .captures = infos, .width = show->width, .color = show->color, .unjudged = unjudged
    };
    ReportWriter *writer;

    if (captures == NULL
        || (lesson->credentials != NULL
            && !reg_secrets_load(secrets, lesson->credentials, true, error)))
        return false;
    for (unsigned i = 0; i < capture_set_size(captures); i++)
        g_ptr_array_add(infos, (gpointer)capture_set_info(captures, i));
    writer = report_writer_open("text", &options, error);
    if (writer == NULL)
        return false;
    g_ptr_array_add(writers, writer);
    fflush(stdout);
    run(captures, secrets, writers);
    return report_writer_close(writer, error);
}

static void print_question(const Show *show)
{
    const CourseLesson *lesson = show->lesson;

    printf("Lesson %u of %u: %s\n", show->index + 1, show->course->lessons->len, lesson->title);
    prose_print(stdout, "The question", lesson->question);
    prose_print_line(stdout, "The capture", lesson->captures[0]);
    for (unsigned i = 1; i < COURSE_CAPTURES && lesson->captures[i] != NULL; i++)
        prose_print_line(stdout, NULL, lesson->captures[i]);
    prose_print_line(stdout, "In Wireshark", lesson->filter);
    prose_print(stdout, NULL, lesson->look);
    printf("\nWhat happened\n\n");
}

/* The command that says the same without the course. */
static char *command_of(const CourseLesson *lesson)
{
    GString *command = g_string_new("whyreg ");

    if (lesson->captures[1] != NULL)
        g_string_append(command, "compare ");
    if (lesson->credentials != NULL)
        g_string_append_printf(command, "--insecure-credentials --credentials=%s ",
                               lesson->credentials);
    g_string_append(command, lesson->captures[0]);
    if (lesson->captures[1] != NULL)
        g_string_append_printf(command, " %s", lesson->captures[1]);
    return g_string_free(command, FALSE);
}

static void wait_for_enter(void)
{
    int byte;

    if (!isatty(STDIN_FILENO))
        return;
    printf("Press Enter for the answer. ");
    fflush(stdout);
    do
        byte = getchar();
    while (byte != '\n' && byte != EOF);
    if (byte == EOF)
        putchar('\n');
}

static bool print_lesson(const Show *show, GError **error)
{
    const CourseLesson *lesson = show->lesson;
    g_autofree char *command = command_of(lesson);

    print_question(show);
    if (!report(show, true, error))
        return false;
    wait_for_enter();
    printf("The answer\n");
    prose_print_line(stdout, NULL, command);
    putchar('\n');
    if (!report(show, false, error))
        return false;
    prose_print(stdout, "What was changed to break it", lesson->broken_by);
    prose_print(stdout, "To remember", lesson->remember);
    if (show->index + 1 < show->course->lessons->len)
        printf("\nNext: whyreg lesson %u, %s\n", show->index + 2,
               course_lesson(show->course, show->index + 1)->title);
    return true;
}

static Course *load(GError **error)
{
    g_autofree char *folder = course_folder();

    if (folder != NULL)
        return course_load(folder, error);
    g_set_error(error, COURSE_ERROR, COURSE_ERROR_MISSING,
                "the captures of the course are not installed; WHYREG_SAMPLES names their folder");
    return NULL;
}

static bool print_wanted(Show *show, const char *number, GError **error)
{
    uint64_t wanted;

    if (number == NULL) {
        print_list(show->course);
        return true;
    }
    if (!str_to_uint(str_of(number), show->course->lessons->len, &wanted) || wanted == 0) {
        g_set_error(error, COURSE_ERROR, COURSE_ERROR_MISSING,
                    "there is no lesson '%s'; 'whyreg lesson' lists them", number);
        return false;
    }
    show->index = (unsigned)wanted - 1;
    show->lesson = course_lesson(show->course, show->index);
    return print_lesson(show, error);
}

bool lesson_print(const char *number, unsigned width, bool color)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Course) course = load(&error);
    Show show = { .course = course, .width = width, .color = color };

    if (course != NULL && print_wanted(&show, number, &error))
        return true;
    fprintf(stderr, "whyreg: %s\n", error->message);
    return false;
}
