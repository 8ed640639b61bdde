#pragma once

/*
 * "whyreg lesson": a course in reading registrations, over captures.
 */

#include <stdbool.h>

/* Prints the list of lessons for NULL, else the lesson of that number, for a terminal of 'width'
 * columns (0: none) with or without colour. False, with the reason on standard error: there is no
 * such lesson, or a file of the course is missing. */
bool lesson_print(const char *number, unsigned width, bool color);
