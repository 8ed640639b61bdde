#pragma once

/*
 * Files that are no captures, named.
 */

#include "base/str.h"

/* A part of a sentence, "a Microsoft Network Monitor file; convert it with
 * editcap", for a file that begins with 'head'. Never NULL. */
const char *capture_stranger_name(Str head);
