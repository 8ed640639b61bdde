/*
 * Lists of values, lists of parameters, quoted strings and numbers: what the
 * header values of SIP are made of (RFC 3261 sections 7.3.1 and 25.1).
 */

#include "lex.h"
#include "sip/value.h"

static Str cut(Str *rest, size_t at)
{
    Str head = str_trim(str_first(*rest, at));

    *rest = str_from(*rest, at + 1);
    return head;
}

bool sip_list_next(Str *rest, Str *value)
{
    while (rest->len > 0) {
        *value = cut(rest, sip_lex_find(*rest, ','));
        if (value->len > 0)
            return true;
    }
    return false;
}

/* RFC 3261 section 7.3.1: only these may be joined with commas. Elsewhere a
 * comma belongs to the value, as in Date or in the parameters of a challenge. */
static bool is_list(SipHeaderId id)
{
    switch (id) {
    case SIP_HEADER_ALLOW:
    case SIP_HEADER_CONTACT:
    case SIP_HEADER_PATH:
    case SIP_HEADER_REASON:
    case SIP_HEADER_RECORD_ROUTE:
    case SIP_HEADER_REQUIRE:
    case SIP_HEADER_ROUTE:
    case SIP_HEADER_SECURITY_CLIENT:
    case SIP_HEADER_SECURITY_SERVER:
    case SIP_HEADER_SECURITY_VERIFY:
    case SIP_HEADER_SERVICE_ROUTE:
    case SIP_HEADER_SUPPORTED:
    case SIP_HEADER_UNSUPPORTED:
    case SIP_HEADER_VIA:
    case SIP_HEADER_WARNING:
        return true;
    default:
        return false;
    }
}

bool sip_values_next(const SipMessage *message, SipHeaderId id, SipValues *cursor, Str *value)
{
    while (!sip_list_next(&cursor->rest, value)) {
        const SipHeader *header = sip_message_header(message, id, cursor->nth);

        if (header == NULL)
            return false;
        cursor->nth++;
        cursor->rest = sip_message_value(message, header);
        if (!is_list(id) && cursor->rest.len > 0) {
            *value = cursor->rest;
            cursor->rest = STR_NONE;
            return true;
        }
    }
    return true;
}

bool sip_param_next(Str *rest, Str *name, Str *value)
{
    while (rest->len > 0) {
        Str whole = cut(rest, sip_lex_find(*rest, ';'));

        if (whole.len == 0)
            continue;

        bool has_value = str_split(whole, '=', name, value);

        *name = str_trim(*name);
        *value = has_value ? str_trim(*value) : STR_NONE;
        return true;
    }
    return false;
}

static bool begins_alike(Str param, char letter)
{
    return param.len > 0 && (param.data[0] | 0x20) == (letter | 0x20);
}

/* Every message is asked for three parameters; those that begin with another letter need not
 * be taken apart. */
bool sip_param_find(Str params, const char *name, Str *value)
{
    Str wanted = str_of(name);

    while (params.len > 0) {
        Str param = cut(&params, sip_lex_find(params, ';'));
        Str found, its_value;

        if (begins_alike(param, wanted.data[0]) && sip_param_next(&param, &found, &its_value)
            && str_equal_nocase(found, wanted)) {
            *value = its_value;
            return true;
        }
    }
    return false;
}

Str sip_unquote(Str value)
{
    Str text = str_trim(value);
    bool closed = true;

    if (text.len == 0 || text.data[0] != '"')
        return text;

    size_t end = sip_lex_skip_quoted(text, 0, &closed);

    return str_from(str_first(text, closed ? end - 1 : end), 1);
}

SipNumber sip_number(Str value, uint32_t *out)
{
    if (!str_present(value))
        return SIP_NUMBER_ABSENT;

    Str text = str_trim(value);
    uint64_t number = 0;
    size_t i = 0;

    for (; i < text.len && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        number = MIN(number * 10 + (uint64_t)(text.data[i] - '0'), UINT32_MAX);

    bool ends = i == text.len || text.data[i] == ';' || text.data[i] == '('
                || sip_lex_is_blank(text.data[i]);

    if (i == 0 || !ends)
        return SIP_NUMBER_MALFORMED;
    *out = (uint32_t)number;
    return SIP_NUMBER_OK;
}
