#pragma once

/*
 * Compressed captures: packed bytes in, plain bytes out, in small steps.
 *
 * The kind is told by the first bytes, never by the name of the file. Memory
 * is constant: what a stream asks for in window size is capped by the
 * libraries' defaults (zstd: 128 MiB, used only as far as it is filled).
 */

#include <glib.h>
#include <stdbool.h>

#include "base/str.h"

typedef struct CaptureUnpacker CaptureUnpacker;

/* Enough of a file to recognise it by. */
#define CAPTURE_UNPACK_HEAD 4

/* "gzip", "zstd", "lz4", or NULL when 'head' begins no stream of these. */
const char *capture_unpack_kind(Str head);

/* NULL as above. */
CaptureUnpacker *capture_unpack_new(Str head);
void capture_unpack_free(CaptureUnpacker *unpacker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptureUnpacker, capture_unpack_free)

/* Takes from the front of 'packed', which moves on, and fills 'out'. Returns
 * the bytes written. When 'out' got full there may be more inside: call again,
 * with nothing packed if need be. */
size_t capture_unpack_step(CaptureUnpacker *unpacker, Str *packed, uint8_t *out, size_t room);

/* What is wrong with the stream: "the gzip data is damaged (...)"; NULL while
 * it is good. Borrowed. */
const char *capture_unpack_defect(const CaptureUnpacker *unpacker);

/* Whether the packed bytes may end here: between two members or frames. */
bool capture_unpack_may_end(const CaptureUnpacker *unpacker);
