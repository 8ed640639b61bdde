#pragma once

/*
 * A course: lessons over captures, from a folder with a course.lessons in it.
 *
 * The file is a row of "Name: value" lines; a value goes on in lines that begin
 * with a blank. "Part:" names the lessons that follow it, "Lesson:" begins one.
 * Lines that begin with "#" are comments.
 */

#include <glib.h>
#include <stdbool.h>

#define COURSE_ERROR (course_error_quark())
GQuark course_error_quark(void);

typedef enum CourseError {
    COURSE_ERROR_MISSING, /* no folder, no file */
    COURSE_ERROR_FORMAT,
} CourseError;

#define COURSE_CAPTURES 2

/* Texts are paragraphs without line ends; NULL: not given. */
typedef struct CourseLesson {
    char *part;
    char *title;                     /* Lesson: */
    char *captures[COURSE_CAPTURES]; /* Capture:, and Outside: for the far side of the same traffic;
                                        paths */
    char *credentials;               /* Credentials: a file of passwords; a path */
    char *findings;                  /* Findings: ids of failures and warnings, or "none" */
    char *question;                  /* Question: */
    char *filter;                    /* Filter: a display filter of Wireshark */
    char *look;                      /* Look: what to see with it */
    char *broken_by;                 /* Broken by: */
    char *remember;                  /* Remember: */
} CourseLesson;

typedef struct Course {
    char *folder;
    GPtrArray *lessons; /* of CourseLesson; lesson 1 is at 0 */
} Course;

/* The folder of $WHYREG_SAMPLES; else the one of the build or of the installation. NULL: there is
 * none. g_free() it. */
char *course_folder(void);

Course *course_load(const char *folder, GError **error);
void course_free(Course *course);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Course, course_free)

const CourseLesson *course_lesson(const Course *course, unsigned index);
