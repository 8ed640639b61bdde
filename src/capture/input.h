#pragma once

/*
 * A window over the bytes of a file or pipe.
 *
 * A reader asks for so many bytes and gets them in place, at 'next'; nothing
 * is consumed before capture_input_take() or _skip(). So a reader that has to
 * wait for the rest of a record simply asks again later. Compressed data is
 * unpacked on the way and looks the same.
 *
 * Bytes in the window live until capture_input_need() is called again.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* The most that can be asked for in one piece: a record with the largest
 * snapshot length there is (262144), its header and ample options. */
#define CAPTURE_INPUT_MAX (512 * 1024)

typedef enum CaptureInputState {
    CAPTURE_INPUT_READY, /* the bytes are there */
    CAPTURE_INPUT_WAIT,  /* not yet; only when the input is followed */
    CAPTURE_INPUT_OVER,  /* they will never come; fewer may be left */
} CaptureInputState;

typedef struct CaptureInput {
    const uint8_t *next;
    const uint8_t *end;
    uint64_t to_skip; /* still to be thrown away in front of what is asked for */

    bool reopenable;         /* a regular file with a name: it can be opened and read again */
    uint64_t size;           /* of the file as stored, 0 when it is not known */
    uint64_t taken;          /* bytes read of it so far */
    const char *compression; /* NULL for plain data, or nothing read yet */
    char *defect;            /* why reading ended before its time, NULL if it did not */

    struct CaptureInputStore *store;
} CaptureInput;

/* Opens, and reads nothing yet. "-" is standard input. */
CaptureInput *capture_input_open(const char *path, bool follow, GError **error);
void capture_input_free(CaptureInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptureInput, capture_input_free)

/* The slow half of capture_input_need(). */
CaptureInputState capture_input_fill(CaptureInput *input, size_t len);

/* Throws bytes away, those that did not come yet as soon as they do. */
void capture_input_skip(CaptureInput *input, uint64_t len);

static inline size_t capture_input_left(const CaptureInput *input)
{
    return (size_t)(input->end - input->next);
}

/* 'len' is 1 to CAPTURE_INPUT_MAX. */
static inline CaptureInputState capture_input_need(CaptureInput *input, size_t len)
{
    if (G_LIKELY(capture_input_left(input) >= len))
        return CAPTURE_INPUT_READY;
    return capture_input_fill(input, len);
}

/* The first 'len' bytes of the window, which must be there. */
static inline Str capture_input_peek(const CaptureInput *input, size_t len)
{
    return (Str){ (const char *)input->next, len };
}

static inline Str capture_input_take(CaptureInput *input, size_t len)
{
    Str taken = capture_input_peek(input, len);

    input->next += len;
    return taken;
}
