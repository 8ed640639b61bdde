/*
 * Other values for the ingredients that come from the message and its
 * challenge: method, nonce, qop, nc, cnonce and algorithm.
 */

#include <glib.h>

#include "digest_choices.h"

/* The method that CSeq names; a proxy may have changed one of the two. */
static Str cseq_method(const SipMessage *request)
{
    Str value = request != NULL ? sip_message_first(request, SIP_HEADER_CSEQ) : STR_NONE;
    Str number;
    Str method;

    str_split(value, ' ', &number, &method);
    return str_present(method) ? str_trim(method) : STR_NONE;
}

static void add_methods(RegDigestChoices *choices, const RegDigestScene *scene, Str method)
{
    reg_choices_begin(choices, REG_INGREDIENT_METHOD, method);
    reg_choices_add(choices, REG_HYPOTHESIS_METHOD, scene->input->method);
    reg_choices_add(choices, REG_HYPOTHESIS_METHOD, cseq_method(scene->input->request));
    reg_choices_add(choices, REG_HYPOTHESIS_METHOD, STR("INVITE"));
    reg_choices_add(choices, REG_HYPOTHESIS_METHOD, STR("REGISTER"));
    reg_choices_add(choices, REG_HYPOTHESIS_METHOD_CASE, reg_choices_lower(scene->scratch, method));
}

/* Buffers of these sizes, with and without a NUL byte at the end, exist. */
static const unsigned short nonce_lengths[] = { 31, 32, 63, 64, 127, 128, 255 };

static void add_nonces(RegDigestChoices *choices, const RegDigestScene *scene, Str nonce)
{
    const RegDigestInput *input = scene->input;

    reg_choices_begin(choices, REG_INGREDIENT_NONCE, nonce);
    for (unsigned i = 0; i < scene->n_challenges; i++)
        reg_choices_add(choices, REG_HYPOTHESIS_NONCE_OF_CHALLENGE, scene->challenges[i].nonce);
    for (unsigned i = 0; i < input->n_nonces && i < REG_SCENE_CHALLENGES; i++)
        reg_choices_add(choices, REG_HYPOTHESIS_NONCE_NEXT, input->nonces[i]);
    reg_choices_add(choices, REG_HYPOTHESIS_NONCE_QUOTED, reg_choices_quote(scene->scratch, nonce));
    reg_choices_add(choices, REG_HYPOTHESIS_NONCE_UNESCAPED,
                    reg_choices_unescape(scene->scratch, nonce));
    for (size_t i = 0; i < G_N_ELEMENTS(nonce_lengths); i++) {
        if (nonce_lengths[i] < nonce.len)
            reg_choices_add(choices, REG_HYPOTHESIS_NONCE_CUT, str_first(nonce, nonce_lengths[i]));
    }
}

static void add_qop(RegDigestChoices *choices, RegHypothesisId id, Str qop, bool integrity,
                    Str body)
{
    reg_choices_add_choice(choices, &(RegDigestChoice){
                                        .hypothesis = reg_hypothesis_of(id),
                                        .value = qop,
                                        .integrity = integrity,
                                        .body = body,
                                    });
}

static void add_qops(RegDigestChoices *choices, const RegDigestScene *scene,
                     const RegDigestRecipe *base)
{
    Str body = scene->input->body;
    Str sent = scene->input->auth.qop;

    reg_choices_begin(choices, REG_INGREDIENT_QOP, base->qop);
    if (!str_present(base->qop)) {
        add_qop(choices, REG_HYPOTHESIS_QOP_UNSENT, STR("auth"), false, STR_NONE);
        return;
    }
    add_qop(choices, REG_HYPOTHESIS_QOP_IGNORED, STR_NONE, false, STR_NONE);
    if (!str_equal(sent, base->qop))
        add_qop(choices, REG_HYPOTHESIS_QOP_LIST_HASHED, sent, false, STR_NONE);
    add_qop(choices, REG_HYPOTHESIS_QOP_QUOTED, reg_choices_quote(scene->scratch, base->qop),
            base->integrity, base->body);
    if (base->integrity && body.len > 0)
        add_qop(choices, REG_HYPOTHESIS_QOP_BODY, base->qop, true, STR(""));
    if (base->integrity)
        add_qop(choices, REG_HYPOTHESIS_QOP_BODY, base->qop, false, STR_NONE);
    if (!base->integrity)
        add_qop(choices, REG_HYPOTHESIS_QOP_OTHER, STR("auth-int"), true, body);
    if (!base->integrity && body.len > 0)
        add_qop(choices, REG_HYPOTHESIS_QOP_OTHER, STR("auth-int"), true, STR(""));
    if (!str_equal(base->qop, STR("auth")))
        add_qop(choices, REG_HYPOTHESIS_QOP_OTHER, STR("auth"), false, STR_NONE);
}

static void add_counts(RegDigestChoices *choices, const RegDigestScene *scene,
                       const RegDigestRecipe *base)
{
    Str nc = base->nc;
    size_t zeros = 0;

    while (zeros + 1 < nc.len && nc.data[zeros] == '0')
        zeros++;
    reg_choices_begin(choices, REG_INGREDIENT_NC, nc);
    reg_choices_add(choices, REG_HYPOTHESIS_NC_SHORT, str_from(nc, zeros));
    reg_choices_add(choices, REG_HYPOTHESIS_NC_FIRST, STR("00000001"));
    reg_choices_add(choices, REG_HYPOTHESIS_NC_CASE, reg_choices_lower(scene->scratch, nc));
    reg_choices_add(choices, REG_HYPOTHESIS_NC_CASE, reg_choices_upper(scene->scratch, nc));

    reg_choices_begin(choices, REG_INGREDIENT_CNONCE, base->cnonce);
    reg_choices_add(choices, REG_HYPOTHESIS_CNONCE_EMPTY, STR(""));
    reg_choices_add(choices, REG_HYPOTHESIS_CNONCE_UNESCAPED,
                    reg_choices_unescape(scene->scratch, base->cnonce));
}

static RegHypothesisId why_algorithm(const RegDigestRecipe *base, RegHashId hash,
                                     RegDigestSession session, bool declared)
{
    if (!declared)
        return REG_HYPOTHESIS_ALGORITHM;
    if (hash == REG_HASH_SHA512_CUT && base->hash == REG_HASH_SHA512_256)
        return REG_HYPOTHESIS_SHA512_CUT;
    if (hash != base->hash)
        return REG_HYPOTHESIS_ALGORITHM;
    if (session == REG_SESSION_NONE)
        return REG_HYPOTHESIS_SESSION_IGNORED;
    return base->session == REG_SESSION_NONE ? REG_HYPOTHESIS_SESSION_UNSENT
                                             : REG_HYPOTHESIS_SESSION_BINARY;
}

/* Only those whose answers have as many digits as this one. 'declared': the
 * credentials name an algorithm that is known. */
static void add_algorithms(RegDigestChoices *choices, const RegDigestScene *scene,
                           const RegDigestRecipe *base, bool declared)
{
    size_t digits = scene->input->auth.response.len;

    reg_choices_begin(choices, REG_INGREDIENT_ALGORITHM, STR_NONE);
    for (unsigned at = 0; at < REG_HASHES * 3; at++) {
        RegHashId hash = at % REG_HASHES;
        RegDigestSession session = at / REG_HASHES;

        if (2 * reg_hash_size(hash) != digits)
            continue;
        if (declared && hash == base->hash && session == base->session)
            continue;
        reg_choices_add_choice(choices, &(RegDigestChoice){
                                            .hypothesis = reg_hypothesis_of(
                                                why_algorithm(base, hash, session, declared)),
                                            .value = str_of(reg_algorithm_name(hash, session)),
                                            .hash = hash,
                                            .session = session,
                                        });
    }
}

void reg_choices_of_message(RegDigestChoices *choices, const RegDigestScene *scene,
                            const RegDigestRecipe *base, bool declared)
{
    add_methods(choices, scene, base->method);
    add_nonces(choices, scene, base->nonce);
    add_qops(choices, scene, base);
    add_counts(choices, scene, base);
    add_algorithms(choices, scene, base, declared);
}
