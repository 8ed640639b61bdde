/*
 * The table of signatures by which a SIP ALG shows at one place.
 *
 * Left out are those that no single attempt shows: the same phone on another port,
 * Contacts that several phones share, inbound requests, idle times, and whom the
 * server pings. A lost large request has a rule of its own, and damaged text too.
 */

#include "alg_signs.h"

#define NEAR REG_VANTAGE_CLIENT
#define ON_THE_WAY (REG_VANTAGE_CLIENT | REG_VANTAGE_MIDDLE)
#define BEYOND (REG_VANTAGE_MIDDLE | REG_VANTAGE_SERVER)

static const struct {
    const char *id;
    bool outside;     /* looks at the request as it left the NAT; else at what came back */
    uint32_t vantage; /* of RegVantage: where it tells anything */
    AlgLook *look;
} signatures[] = {
    { "AL-1", false, ON_THE_WAY, alg_look_via_changed },
    { "AL-1", false, ON_THE_WAY, alg_look_branch_changed },
    { "AL-1", false, ON_THE_WAY, alg_look_identity_changed },
    { "AL-2", false, NEAR, alg_look_private_received },
    { "AL-3", false, NEAR, alg_look_no_received },
    { "AL-5", false, NEAR, alg_look_public_binding },
    { "AL-7", true, BEYOND, alg_look_private_rest },
    { "AL-8", true, BEYOND, alg_look_contact_port },
    { "AL-9", true, BEYOND, alg_look_half_public },
    { "AL-10", true, BEYOND, alg_look_contact_drift },
    { "AL-13", true, BEYOND, alg_look_digest_host },
    { "AL-14", true, BEYOND, alg_look_hashed_host },
    { "AL-16", true, BEYOND, alg_look_marked_request },
    { "AL-19", false, NEAR, alg_look_local_answer },
    { "AL-20", true, BEYOND, alg_look_long_silence },
    { "AL-23", false, NEAR, alg_look_first_count },
};

G_STATIC_ASSERT(G_N_ELEMENTS(signatures) <= ALG_SIGNS);

static void sign_clear(AlgSign *sign)
{
    g_free(sign->was.text);
    g_free(sign->is.text);
    g_free(sign->expected);
    *sign = (AlgSign){ 0 };
}

void alg_signs_clear(AlgSigns *signs)
{
    for (unsigned i = 0; i < signs->n; i++)
        sign_clear(&signs->signs[i]);
    signs->n = 0;
}

/* The first one stays, unless a later one says more. */
static void take_sign(AlgSign *known, AlgSign *again)
{
    again->steps = known->steps + 1;
    if (known->steps > 0 && again->grade <= known->grade) {
        known->steps++;
        sign_clear(again);
        return;
    }
    sign_clear(known);
    *known = *again;
}

static void look_at(const AlgView *view, bool outside, AlgSign slots[])
{
    AlgSign sign = { 0 };

    for (unsigned i = 0; i < G_N_ELEMENTS(signatures); i++) {
        if (signatures[i].outside != outside || !(signatures[i].vantage & view->chain->vantage)
            || !signatures[i].look(view, &sign))
            continue;
        sign.id = signatures[i].id;
        take_sign(&slots[i], &sign);
        sign = (AlgSign){ 0 };
    }
}

/* What a phone that knows its public address leaves private is no sign by itself;
 * next to addresses that were edited in half it is. */
static void raise_leftovers(AlgSigns *signs)
{
    bool half_edited = false;
    AlgSign *rest = NULL;

    for (unsigned i = 0; i < signs->n; i++) {
        AlgSign *sign = &signs->signs[i];

        if (g_str_equal(sign->id, "AL-7"))
            rest = sign;
        half_edited |= sign->grade >= FINDING_STRONG
                       && (g_str_equal(sign->id, "AL-8") || g_str_equal(sign->id, "AL-10"));
    }
    if (rest != NULL && half_edited)
        rest->grade = FINDING_STRONG;
}

/* What is near to the phone and what is beyond its NAT are two hops of one step where
 * a capture holds both. */
void alg_signs_find(const RegChain *chain, AlgSigns *signs)
{
    AlgSign slots[G_N_ELEMENTS(signatures)] = { 0 };

    for (unsigned at = 0; at < chain->steps->len; at++) {
        if (chain->vantage & ON_THE_WAY) {
            AlgView view = alg_view_inside(chain, at);

            look_at(&view, false, slots);
        }
        if (chain->vantage & BEYOND) {
            AlgView view = alg_view_outside(chain, at);

            look_at(&view, true, slots);
        }
    }
    signs->n = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(slots); i++) {
        if (slots[i].steps > 0)
            signs->signs[signs->n++] = slots[i];
    }
    raise_leftovers(signs);
}

const AlgSign *alg_signs_in(const AlgSigns *signs, const char *header)
{
    const AlgSign *best = NULL;

    for (unsigned i = 0; i < signs->n; i++) {
        const AlgSign *sign = &signs->signs[i];

        if (g_str_equal(sign->header, header) && (best == NULL || sign->grade > best->grade))
            best = sign;
    }
    return best;
}
