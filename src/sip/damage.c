/*
 * What is wrong with a message, of the kinds that boxes on the way cause when
 * they edit text without understanding it.
 *
 * What the capture itself cut off is nobody's fault and counts for nothing.
 */

#include "sip/diff.h"
#include "sip/value.h"

/* A value with more parameters than this is not looked through to its end. */
#define MAX_PARAMS 24

static bool has_param_twice(Str params)
{
    Str names[MAX_PARAMS];
    Str value;

    for (unsigned n = 0; n < MAX_PARAMS && sip_param_next(&params, &names[n], &value); n++) {
        for (unsigned i = 0; i < n; i++) {
            if (str_equal_nocase(names[i], names[n]))
                return true;
        }
    }
    return false;
}

static uint32_t damage_of_via(Str value)
{
    SipVia via = sip_via_parse(value);

    return (via.ok ? 0 : SIP_DAMAGE_ADDRESS) | (has_param_twice(via.params) ? SIP_DAMAGE_PARAM : 0);
}

static uint32_t damage_of_contact(Str value)
{
    SipNameAddr contact = sip_name_addr_parse(value);
    uint32_t damage = 0;

    if (contact.star)
        return 0;
    if (!contact.uri.ok)
        damage |= SIP_DAMAGE_ADDRESS;
    if (has_param_twice(contact.params) || has_param_twice(contact.uri.params))
        damage |= SIP_DAMAGE_PARAM;
    return damage;
}

/* A list of hundreds of bindings is no phone's. */
#define MAX_VALUES 16

static uint32_t damage_of_values(const SipMessage *message, SipHeaderId id,
                                 uint32_t (*damage_of)(Str value))
{
    SipValues cursor = { 0 };
    uint32_t damage = 0;
    Str value;

    for (unsigned i = 0; i < MAX_VALUES && sip_values_next(message, id, &cursor, &value); i++)
        damage |= damage_of(value);
    return damage;
}

uint32_t sip_damage_of(const SipMessage *message)
{
    static const struct {
        uint32_t anomalies;
        SipDamage damage;
    } signs[] = {
        { SIP_LENGTH_TOO_SMALL | SIP_LENGTH_TOO_LARGE | SIP_LENGTH_MALFORMED, SIP_DAMAGE_LENGTH },
        { SIP_BAD_HEADER_LINE | SIP_NO_END_OF_HEADERS | SIP_NUL_BYTE, SIP_DAMAGE_LINE },
        { SIP_NO_VIA | SIP_NO_CALL_ID | SIP_NO_CSEQ | SIP_NO_FROM | SIP_NO_TO, SIP_DAMAGE_MISSING },
    };
    uint32_t damage = 0;

    if (message->anomalies & SIP_CUT_SHORT)
        return 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (message->anomalies & signs[i].anomalies)
            damage |= signs[i].damage;
    }
    if (message->is_request && !sip_uri_parse(message->request_uri).ok)
        damage |= SIP_DAMAGE_ADDRESS;
    return damage | damage_of_values(message, SIP_HEADER_VIA, damage_of_via)
           | damage_of_values(message, SIP_HEADER_CONTACT, damage_of_contact);
}

const char *sip_damage_name(SipDamage damage)
{
    switch (damage) {
    case SIP_DAMAGE_LENGTH:
        return "Content-Length does not fit the body";
    case SIP_DAMAGE_PARAM:
        return "a parameter stands twice in one header";
    case SIP_DAMAGE_ADDRESS:
        return "an address is none any more";
    case SIP_DAMAGE_LINE:
        return "header lines are broken";
    case SIP_DAMAGE_MISSING:
        return "a header that every message needs is missing";
    }
    return "damaged";
}
