#pragma once

/*
 * "5m", "1.5h", "64M": a number and its unit, as people write them on a command
 * line.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/nsec.h"

typedef struct QuantityUnit {
    const char *suffix;
    uint64_t factor;
} QuantityUnit;

/* Each ends with a suffix of NULL; the first is meant when a number stands alone. */
extern const QuantityUnit quantity_seconds[];   /* "", s, m, h, d; as Nsec */
extern const QuantityUnit quantity_days[];      /* "", d, h; likewise */
extern const QuantityUnit quantity_kibibytes[]; /* "", K, M, G; bytes */
extern const QuantityUnit quantity_mebibytes[]; /* "", M, G; likewise */
extern const QuantityUnit quantity_megabytes[]; /* "": millions */
extern const QuantityUnit quantity_ones[];      /* "" */

#define QUANTITY_KIB (UINT64_C(1) << 10)
#define QUANTITY_MIB (UINT64_C(1) << 20)
#define QUANTITY_GIB (UINT64_C(1) << 30)

/* False: something else, too large for the type, or no whole number of what is counted. */
bool quantity_parse(const char *text, const QuantityUnit *units, uint64_t *value);

/* In seconds, without another unit. False also for more than 70 years. */
bool quantity_parse_span(const char *text, Nsec *span);
