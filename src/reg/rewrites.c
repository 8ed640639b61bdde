/*
 * What the record of a phone's rewritten messages tells.
 */

#include "reg/rewrites.h"

static void clear(void *data)
{
    RegRewrites *rewrites = data;

    for (unsigned i = 0; i < rewrites->n_changes; i++) {
        RegRewrite *change = &rewrites->changes[i];

        g_free(change->name);
        g_free(change->param);
        g_free(change->inside);
        g_free(change->outside);
    }
}

RegRewrites *reg_rewrites_copy(const RegRewrites *rewrites)
{
    RegRewrites *copy = g_rc_box_new(RegRewrites);

    *copy = *rewrites;
    for (unsigned i = 0; i < copy->n_changes; i++) {
        RegRewrite *change = &copy->changes[i];

        change->name = g_strdup(change->name);
        change->param = g_strdup(change->param);
        change->inside = g_strdup(change->inside);
        change->outside = g_strdup(change->outside);
    }
    return copy;
}

RegRewrites *reg_rewrites_ref(RegRewrites *rewrites)
{
    return g_rc_box_acquire(rewrites);
}

void reg_rewrites_unref(RegRewrites *rewrites)
{
    g_rc_box_release_full(rewrites, clear);
}

uint32_t reg_rewrite_chances(const RegRewrites *rewrites, const RegRewrite *rewrite)
{
    const uint32_t *seen = rewrites->seen[rewrite->outward][rewrite->request];

    switch (rewrite->where) {
    case SIP_WHERE_BODY:
        return seen[SIP_HEADER_COUNT];
    case SIP_WHERE_HEADER:
        return seen[rewrite->header];
    case SIP_WHERE_START_LINE:
        break;
    }
    return seen[SIP_HEADER_OTHER];
}

char *reg_rewrite_subject(const RegRewrite *rewrite)
{
    if (rewrite->param != NULL)
        return g_strdup_printf("%s %s", rewrite->name, rewrite->param);
    return g_strdup(rewrite->name);
}

char *reg_pair_message(const RegPairSeen *seen)
{
    const char *method =
        seen->method != SIP_METHOD_OTHER ? sip_method_name(seen->method) : "other request";

    if (seen->status == 0)
        return g_strdup(method);
    return g_strdup_printf("%u to %s", seen->status, method);
}
