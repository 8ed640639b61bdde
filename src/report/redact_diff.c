/*
 * What differs between two places, with tokens in the place of names.
 */

#include "redact_copy.h"
#include "redact_words.h"

typedef void (*Redact)(ReportRedactor *redactor, GString *out, Str text);

static void call_id(ReportRedactor *redactor, GString *out, Str text)
{
    redact_name(redactor, out, REDACT_CALL_ID, text);
}

/* Whatever it is: it may be somebody's name. */
static void anything(ReportRedactor *redactor, GString *out, Str text)
{
    redact_name(redactor, out, REDACT_VALUE, text);
}

/* Of credentials and challenges: words of the protocol stay. */
static Redact redact_of_param(const char *param)
{
    static const struct {
        const char *name;
        Redact redact;
    } params[] = {
        { "username", redact_account }, { "realm", redact_realm }, { "uri", redact_uri },
        { "algorithm", redact_words },  { "qop", redact_words },   { "nc", redact_words },
        { "received", redact_host },    { "rport", redact_words }, { "expires", redact_words },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(params); i++) {
        if (g_ascii_strcasecmp(param, params[i].name) == 0)
            return params[i].redact;
    }
    return anything;
}

static Redact redact_of(const RegRewrite *change)
{
    if (change->param != NULL)
        return redact_of_param(change->param);
    if (change->part == SIP_PART_ADDRESS)
        return redact_words;
    if (change->header == SIP_HEADER_CALL_ID)
        return call_id;
    if (change->part == SIP_PART_USER)
        return redact_account;
    return redact_words;
}

static void hide(RedactCopier *copier, char **value, Redact redact)
{
    if (*value == NULL)
        return;
    g_string_truncate(copier->scratch, 0);
    redact(copier->names, copier->scratch, str_of(*value));
    g_free(*value);
    *value = g_strndup(copier->scratch->str, copier->scratch->len);
}

RegRewrites *redact_rewrites(RedactCopier *copier, const RegRewrites *rewrites)
{
    RegRewrites *copy = reg_rewrites_copy(rewrites);

    redact_endpoints(copier, &copy->inside, 1);
    redact_endpoints(copier, &copy->outside, 1);
    redact_endpoints(copier, &copy->server, 1);
    for (unsigned i = 0; i < copy->n_changes; i++) {
        RegRewrite *change = &copy->changes[i];

        hide(copier, &change->inside, redact_of(change));
        hide(copier, &change->outside, redact_of(change));
        /* Names that are not of the protocol may be anything. */
        if (change->where == SIP_WHERE_HEADER && change->header == SIP_HEADER_OTHER)
            hide(copier, &change->name, redact_words);
    }
    return copy;
}
