/*
 * Who changes messages like that?
 *
 * A proxy signs what it passes on with a Via (RFC 3261 section 16.6), a
 * back-to-back agent opens a dialog of its own, a NAT leaves SIP alone. A box
 * that edits addresses in place and leaves no other trace is an application
 * layer gateway.
 */

#include "sip/diff.h"

typedef struct Signs {
    bool addresses; /* edited in place */
    bool mapping;   /* and one of them as the packet's own */
    bool nat;       /* received or rport */
    bool proxy;
    bool dialog; /* another one */
    bool writing;
    bool others;
} Signs;

static bool is_nat_param(const SipChange *change)
{
    return change->header == SIP_HEADER_VIA && change->part == SIP_PART_PARAM
           && (str_equal_nocase(change->param, STR("received"))
               || str_equal_nocase(change->param, STR("rport")));
}

/* What names a dialog or a transaction (RFC 3261 sections 12 and 17). */
static bool is_identity(const SipChange *change)
{
    switch (change->header) {
    case SIP_HEADER_FROM:
    case SIP_HEADER_TO:
        return change->part == SIP_PART_PARAM && str_equal_nocase(change->param, STR("tag"));
    case SIP_HEADER_VIA:
        return change->part == SIP_PART_PARAM && str_equal_nocase(change->param, STR("branch"));
    case SIP_HEADER_CALL_ID:
        return change->part != SIP_PART_ADDRESS && change->part < SIP_PART_NAME;
    case SIP_HEADER_CSEQ:
        return change->part == SIP_PART_VALUE;
    default:
        return false;
    }
}

/* The length follows the body. */
static bool is_consequence(const SipChange *change)
{
    return change->header == SIP_HEADER_CONTENT_LENGTH && change->part == SIP_PART_VALUE;
}

static void read_sign(const SipChange *change, Signs *signs)
{
    signs->mapping |= change->mapping;
    if (change->part >= SIP_PART_NAME)
        signs->writing = true;
    else if (change->header == SIP_HEADER_MAX_FORWARDS)
        signs->proxy = true;
    else if (is_identity(change))
        signs->dialog = true;
    else if (is_nat_param(change))
        signs->nat = true;
    else if (change->part == SIP_PART_ADDRESS)
        signs->addresses = true;
    else if (!is_consequence(change))
        signs->others = true;
}

static Signs read_signs(const SipDiff *diff)
{
    Signs signs = { .proxy = diff->vias_more != 0 };

    for (unsigned i = 0; i < diff->n; i++)
        read_sign(&diff->changes[i], &signs);
    return signs;
}

/* received and rport alone may be a NAT that the two places have between them
 * and a server on the outer one; with the packet's own addresses in them they
 * were edited. */
static bool is_alg(const Signs *signs)
{
    return (signs->addresses || signs->nat) && signs->mapping && !signs->proxy && !signs->dialog;
}

bool sip_diff_is_alg(const SipDiff *diff)
{
    Signs signs = read_signs(diff);

    return is_alg(&signs);
}

uint32_t sip_diff_damage(const SipDiff *diff, bool outward)
{
    if (diff->unsure)
        return 0;
    return outward ? diff->damage_outside & ~diff->damage_inside
                   : diff->damage_inside & ~diff->damage_outside;
}

SipDiffClass sip_diff_class(const SipDiff *diff, bool outward)
{
    Signs signs = read_signs(diff);

    if (diff->n == 0)
        return SIP_DIFF_CLEAN;
    if (sip_diff_damage(diff, outward) != 0 && !signs.proxy)
        return SIP_DIFF_CORRUPTING;
    /* A proxy's branch is its own Via's; below that one nothing is new. */
    if (signs.dialog)
        return SIP_DIFF_B2BUA;
    if (signs.proxy)
        return SIP_DIFF_PROXY;
    if (is_alg(&signs))
        return SIP_DIFF_ALG;
    if (signs.addresses || signs.others)
        return SIP_DIFF_POLICY;
    return signs.nat ? SIP_DIFF_NAT : SIP_DIFF_RESERIALIZED;
}

const char *sip_part_name(SipPart part)
{
    static const char *const names[] = {
        [SIP_PART_ADDRESS] = "address", [SIP_PART_USER] = "user",
        [SIP_PART_PARAM] = "param",     [SIP_PART_VALUE] = "value",
        [SIP_PART_ADDED] = "added",     [SIP_PART_REMOVED] = "removed",
        [SIP_PART_NAME] = "name",       [SIP_PART_LAYOUT] = "layout",
        [SIP_PART_ORDER] = "order",
    };

    return names[part];
}
