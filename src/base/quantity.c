/*
 * Exact: a number of bytes or nanoseconds is never one that was rounded.
 */

#include "base/quantity.h"

#include "base/str.h"

/* Behind the point. */
#define FRACTION_DIGITS 9

/* So that sums of some of them fit. */
#define SPAN_MAX (NSEC_MAX / 4)

const QuantityUnit quantity_seconds[] = { { "", NSEC_SEC },     { "s", NSEC_SEC },
                                          { "m", NSEC_MINUTE }, { "h", NSEC_HOUR },
                                          { "d", NSEC_DAY },    { NULL, 0 } };
const QuantityUnit quantity_days[] = {
    { "", NSEC_DAY }, { "d", NSEC_DAY }, { "h", NSEC_HOUR }, { NULL, 0 }
};
const QuantityUnit quantity_kibibytes[] = { { "", QUANTITY_KIB },
                                            { "K", QUANTITY_KIB },
                                            { "M", QUANTITY_MIB },
                                            { "G", QUANTITY_GIB },
                                            { NULL, 0 } };
const QuantityUnit quantity_mebibytes[] = {
    { "", QUANTITY_MIB }, { "M", QUANTITY_MIB }, { "G", QUANTITY_GIB }, { NULL, 0 }
};
const QuantityUnit quantity_megabytes[] = { { "", 1000000 }, { NULL, 0 } };
const QuantityUnit quantity_ones[] = { { "", 1 }, { NULL, 0 } };

static bool add_whole(Str digits, uint64_t factor, uint64_t *value)
{
    return str_to_uint(digits, UINT64_MAX, value) && !__builtin_mul_overflow(*value, factor, value);
}

static bool add_fraction(Str digits, uint64_t factor, uint64_t *value)
{
    uint64_t part;
    uint64_t of = 1;

    if (digits.len > FRACTION_DIGITS || !str_to_uint(digits, UINT64_MAX, &part))
        return false;
    for (size_t i = 0; i < digits.len; i++)
        of *= 10;
    return !__builtin_mul_overflow(part, factor, &part) && part % of == 0
           && !__builtin_add_overflow(*value, part / of, value);
}

static Str take_digits(const char **at)
{
    Str digits = { *at, strspn(*at, "0123456789") };

    *at += digits.len;
    return digits;
}

bool quantity_parse(const char *text, const QuantityUnit *units, uint64_t *value)
{
    Str whole = take_digits(&text);
    bool has_fraction = *text == '.';
    Str fraction = { 0 };

    if (has_fraction) {
        text++;
        fraction = take_digits(&text);
    }
    for (const QuantityUnit *unit = units; unit->suffix != NULL; unit++) {
        if (strcmp(text, unit->suffix) == 0)
            return add_whole(whole, unit->factor, value)
                   && (!has_fraction || add_fraction(fraction, unit->factor, value));
    }
    return false;
}

bool quantity_parse_span(const char *text, Nsec *span)
{
    uint64_t value;

    if (!quantity_parse(text, quantity_seconds, &value) || value > (uint64_t)SPAN_MAX)
        return false;
    *span = (Nsec)value;
    return true;
}
