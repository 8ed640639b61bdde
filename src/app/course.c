/*
 * Where the lessons are, and what they say.
 *
 * A trainer may have captures of his own: a folder with a course.lessons in it is
 * all that a course needs, and WHYREG_SAMPLES names it. So the file is read as
 * somebody else's, with the line of whatever is wrong in it.
 */

#include "course.h"

#include <stddef.h>

#include "base/str.h"

#define FILE_NAME "course.lessons"

G_DEFINE_QUARK(whyreg - course - error, course_error)

typedef struct Field {
    const char *name;
    size_t offset; /* of the char * in CourseLesson */
    bool path;     /* names a file of the folder */
    bool needed;
} Field;

static const Field fields[] = {
    { "Capture", offsetof(CourseLesson, captures[0]), true, true },
    { "Outside", offsetof(CourseLesson, captures[1]), true, false },
    { "Credentials", offsetof(CourseLesson, credentials), true, false },
    { "Findings", offsetof(CourseLesson, findings), false, true },
    { "Question", offsetof(CourseLesson, question), false, true },
    { "Filter", offsetof(CourseLesson, filter), false, true },
    { "Look", offsetof(CourseLesson, look), false, true },
    { "Broken by", offsetof(CourseLesson, broken_by), false, true },
    { "Remember", offsetof(CourseLesson, remember), false, true },
};

typedef struct Reading {
    Course *course;
    char *part;
    CourseLesson *lesson; /* the newest; NULL: none has begun */
    char **value;         /* what a line that begins with a blank goes on with; NULL: nothing */
    unsigned line;
} Reading;

static char **value_of(CourseLesson *lesson, const Field *field)
{
    return (char **)(void *)((char *)lesson + field->offset);
}

static void lesson_free(void *item)
{
    CourseLesson *lesson = item;

    for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++)
        g_free(*value_of(lesson, &fields[i]));
    g_free(lesson->part);
    g_free(lesson->title);
    g_free(lesson);
}

static const Field *find_field(Str name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (str_equal(name, str_of(fields[i].name)))
            return &fields[i];
    }
    return NULL;
}

static bool complain(const Reading *reading, const char *what, Str word, GError **error)
{
    g_set_error(error, COURSE_ERROR, COURSE_ERROR_FORMAT, "%s/%s, line %u: %s '%.*s'",
                reading->course->folder, FILE_NAME, reading->line, what, STR_ARG(word));
    return false;
}

static void begin_lesson(Reading *reading, Str title)
{
    reading->lesson = g_new0(CourseLesson, 1);
    reading->lesson->part = g_strdup(reading->part);
    reading->lesson->title = str_dup(title);
    reading->value = &reading->lesson->title;
    g_ptr_array_add(reading->course->lessons, reading->lesson);
}

static bool take_field(Reading *reading, Str name, Str text, GError **error)
{
    const Field *field = find_field(name);

    if (field == NULL)
        return complain(reading, "there is no field", name, error);
    if (reading->lesson == NULL)
        return complain(reading, "before the first lesson stands", name, error);
    reading->value = value_of(reading->lesson, field);
    if (*reading->value != NULL)
        return complain(reading, "a second", name, error);
    *reading->value = str_dup(text);
    return true;
}

static void go_on(Reading *reading, Str text)
{
    g_autofree char *before = *reading->value;

    *reading->value =
        g_strdup_printf("%s%s%.*s", before, *before != '\0' ? " " : "", STR_ARG(text));
}

static bool take_line(Reading *reading, Str line, GError **error)
{
    Str text = str_trim(line);
    Str name, value;

    if (text.len == 0 || line.data[0] == '#')
        return true;
    if (line.data[0] == ' ' || line.data[0] == '\t') {
        if (reading->value == NULL)
            return complain(reading, "nothing goes on with", text, error);
        go_on(reading, text);
        return true;
    }
    if (!str_split(text, ':', &name, &value))
        return complain(reading, "no colon in", text, error);
    value = str_trim(value);
    if (str_equal(name, STR("Part"))) {
        g_free(reading->part);
        reading->part = str_dup(value);
        reading->value = &reading->part;
    } else if (str_equal(name, STR("Lesson"))) {
        begin_lesson(reading, value);
    } else {
        return take_field(reading, name, value, error);
    }
    return true;
}

/* Paths are known when all of a value has been read. */
static bool complete(const Course *course, CourseLesson *lesson, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++) {
        char **value = value_of(lesson, &fields[i]);
        g_autofree char *name = NULL;

        if (*value == NULL && fields[i].needed) {
            g_set_error(error, COURSE_ERROR, COURSE_ERROR_FORMAT,
                        "%s/%s: the lesson '%s' has no '%s'", course->folder, FILE_NAME,
                        lesson->title, fields[i].name);
            return false;
        }
        if (*value == NULL || !fields[i].path)
            continue;
        name = *value;
        *value = g_build_filename(course->folder, name, NULL);
    }
    return true;
}

static bool read_lines(Course *course, Str text, GError **error)
{
    Reading reading = { .course = course };
    bool good = true;

    while (good && str_present(text)) {
        Str line;

        str_split(text, '\n', &line, &text);
        reading.line++;
        good = take_line(&reading, line, error);
    }
    g_free(reading.part);
    for (unsigned i = 0; good && i < course->lessons->len; i++)
        good = complete(course, g_ptr_array_index(course->lessons, i), error);
    return good;
}

Course *course_load(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, FILE_NAME, NULL);
    g_autofree char *text = NULL;
    g_autoptr(Course) course = NULL;
    g_autoptr(GError) cause = NULL;
    size_t len;

    if (!g_file_get_contents(path, &text, &len, &cause)) {
        g_set_error(error, COURSE_ERROR, COURSE_ERROR_MISSING, "there is no course: %s",
                    cause->message);
        return NULL;
    }
    course = g_new0(Course, 1);
    course->folder = g_strdup(folder);
    course->lessons = g_ptr_array_new_with_free_func(lesson_free);
    return read_lines(course, (Str){ text, len }, error) ? g_steal_pointer(&course) : NULL;
}

void course_free(Course *course)
{
    g_ptr_array_unref(course->lessons);
    g_free(course->folder);
    g_free(course);
}

const CourseLesson *course_lesson(const Course *course, unsigned index)
{
    return g_ptr_array_index(course->lessons, index);
}

static bool has_course(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, FILE_NAME, NULL);

    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

/* A program that was not installed finds the captures beside it, in the build. */
static char *folder_of_build(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *source = program != NULL ? g_path_get_dirname(program) : NULL;
    g_autofree char *build = source != NULL ? g_path_get_dirname(source) : NULL;

    return build != NULL ? g_build_filename(build, "samples", NULL) : NULL;
}

char *course_folder(void)
{
    const char *named = g_getenv("WHYREG_SAMPLES");
    g_autofree char *build = folder_of_build();

    if (named != NULL && *named != '\0')
        return g_strdup(named);
    if (build != NULL && has_course(build))
        return g_steal_pointer(&build);
    return has_course(WHYREG_COURSE) ? g_strdup(WHYREG_COURSE) : NULL;
}
