#pragma once

/* What a comparison found, as one line of text. */

#include "pair.h"

#define TOLD_INSIDE REGISTER(PHONE, "5060")

/* "Via address 1 > 2; Contact ..." */
static inline char *told(const SipDiff *diff)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; i < diff->n; i++) {
        const SipChange *change = &diff->changes[i];

        g_string_append_printf(text, "%s%.*s %s", i > 0 ? "; " : "", STR_ARG(change->name),
                               sip_part_name(change->part));
        if (str_present(change->param))
            g_string_append_printf(text, " %.*s", STR_ARG(change->param));
        if (change->part < SIP_PART_NAME)
            g_string_append_printf(text, " %.*s > %.*s", STR_ARG(change->inside),
                                   STR_ARG(change->outside));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static inline void assert_told(const Pair *pair, const char *expected)
{
    g_autofree char *text = told(&pair->diff);

    assert_string_equal(text, expected);
}

static inline void assert_edit(const char *old, const char *new, const char *expected)
{
    g_autofree char *outside = pair_edit(TOLD_INSIDE, old, new);
    g_autoptr(Pair) pair = pair_outward(TOLD_INSIDE, outside);

    assert_told(pair, expected);
}
