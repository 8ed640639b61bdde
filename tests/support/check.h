#pragma once

/* cmocka.h wants these four before it. Tests include this header instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

#define assert_str_equal(actual, literal)                                      \
    do {                                                                       \
        Str assert_actual = (actual);                                          \
        assert_int_equal(assert_actual.len, sizeof(literal) - 1);              \
        assert_memory_equal(assert_actual.data, literal, sizeof(literal) - 1); \
    } while (0)
