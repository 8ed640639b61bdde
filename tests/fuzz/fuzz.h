#pragma once

/*
 * What the fuzz targets have in common. A target is one file with one
 * function: bytes in, a property checked, nothing kept from one call to the
 * next. The fuzzer calls it, and so does replay.c with the bytes of files.
 */

#include <stdint.h>
#include <stdlib.h>

#include "base/reader.h"
#include "net/decoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that does not hold is a crash, in every kind of build. */
#define fuzz_check(condition) \
    do {                      \
        if (!(condition))     \
            abort();          \
    } while (0)

/* Larger inputs bring no other paths, only slower ones. */
#define FUZZ_MAX 65536

static inline Reader fuzz_reader(const uint8_t *data, size_t size)
{
    return reader_of((Str){ (const char *)data, size < FUZZ_MAX ? size : FUZZ_MAX });
}

/* A piece whose length stands in front of it; less when the input ends. */
static inline Str fuzz_piece(Reader *input, size_t max)
{
    size_t wanted = reader_be16(input) % (max + 1);
    size_t left = reader_left(input);

    return reader_take(input, wanted < left ? wanted : left);
}

static inline bool fuzz_inside(Str part, Str whole)
{
    return part.len == 0
           || (part.data >= whole.data && part.data + part.len <= whole.data + whole.len);
}

/* "Every frame ends under one name", as net/decoder.h promises. */
static inline void fuzz_check_frames(const NetStats *stats)
{
    fuzz_check(stats->frames
               == stats->undecoded + stats->other + stats->datagrams + stats->tcp_segments
                      + stats->icmp_errors + stats->duplicates + stats->fragments
                      - stats->reassembled);
}
