/*
 * "What exactly did the phone answer, and to what?"
 *
 * Puts the ingredients of a digest side by side. Most wrong logins are seen at
 * a glance this way, without any hash: another realm, an algorithm that nobody
 * offered, a count that is missing.
 */

#include "reg/digest_facts.h"

/* Of one text: enough for every nonce that is none to stuff a report with. */
#define TEXT_MAX 256

const char *reg_row_verdict_name(RegRowVerdict verdict)
{
    static const char *const names[] = {
        [REG_ROW_UNKNOWN] = NULL,      [REG_ROW_SAME] = "same",
        [REG_ROW_DIFFERS] = "differs", [REG_ROW_NOT_OFFERED] = "not_offered",
        [REG_ROW_MISSING] = "missing", [REG_ROW_FITS_ONLY] = "fits_only_with",
    };

    return names[verdict];
}

static Str shown(Str text)
{
    return str_present(text) ? str_first(text, TEXT_MAX) : STR_NONE;
}

static RegDigestRow row(RegDigestIngredient ingredient, Str challenge, Str answer, Str known)
{
    return (RegDigestRow){
        .ingredient = ingredient,
        .challenge = shown(challenge),
        .answer = shown(answer),
        .known = shown(known),
    };
}

/* The verdict of a value that has to be the same as another. */
static RegRowVerdict compare(Str answer, Str wanted)
{
    if (!str_present(wanted))
        return REG_ROW_UNKNOWN;
    if (!str_present(answer))
        return REG_ROW_MISSING;
    return str_equal(answer, wanted) ? REG_ROW_SAME : REG_ROW_DIFFERS;
}

static RegDigestRow user_row(const RegDigestTable *table)
{
    const RegSecret *secret = table->result->secret;
    bool extended = !str_present(table->auth->username) && str_present(table->auth->username_ext);
    Str user = extended ? table->auth->username_ext : table->auth->username;
    RegDigestRow made =
        row(REG_INGREDIENT_USER, STR_NONE, user, secret != NULL ? secret->user : STR_NONE);

    /* Encoded or hashed (RFC 7616 sections 3.4.4 and 3.4.5), it cannot be compared as it stands. */
    if (!extended && !table->auth->userhash)
        made.verdict = compare(user, made.known);
    return made;
}

/* RFC 7616 section 3.4: realm and nonce are sent back as they came. */
static RegDigestRow realm_row(const RegDigestTable *table)
{
    const RegSecret *secret = table->result->secret;
    Str asked = table->challenge != NULL ? table->challenge->realm : STR_NONE;
    RegDigestRow made = row(REG_INGREDIENT_REALM, asked, table->auth->realm,
                            secret != NULL ? secret->realm : STR_NONE);

    made.verdict = compare(table->auth->realm, asked);
    if (made.verdict == REG_ROW_SAME || made.verdict == REG_ROW_UNKNOWN)
        made.verdict =
            str_present(made.known) ? compare(table->auth->realm, secret->realm) : made.verdict;
    return made;
}

static RegDigestRow nonce_row(const RegDigestTable *table)
{
    Str asked = table->challenge != NULL ? table->challenge->nonce : STR_NONE;
    RegDigestRow made = row(REG_INGREDIENT_NONCE, asked, table->auth->nonce, STR_NONE);

    made.verdict = compare(table->auth->nonce, asked);
    return made;
}

static RegDigestRow uri_row(const RegDigestTable *table)
{
    RegDigestRow made = row(REG_INGREDIENT_URI, STR_NONE, table->auth->uri, table->request_uri);

    made.verdict = compare(table->auth->uri, table->request_uri);
    return made;
}

static bool is_offered(Str list, Str chosen)
{
    Str one;

    while (sip_list_next(&list, &one)) {
        if (str_equal_nocase(str_trim(one), chosen))
            return true;
    }
    return false;
}

static RegDigestRow qop_row(const RegDigestTable *table)
{
    Str offered = table->challenge != NULL ? table->challenge->qop : STR_NONE;
    Str chosen = table->auth->qop;
    RegDigestRow made = row(REG_INGREDIENT_QOP, offered, chosen, STR_NONE);

    if (!str_present(chosen))
        made.verdict = str_present(offered) ? REG_ROW_MISSING : REG_ROW_UNKNOWN;
    else if (table->challenge != NULL)
        made.verdict = is_offered(offered, chosen) ? REG_ROW_SAME : REG_ROW_NOT_OFFERED;
    return made;
}

/* RFC 7616 section 3.4: eight digits that go up with every use of the nonce. */
static RegDigestRow nc_row(const RegDigestTable *table)
{
    RegDigestRow made = row(REG_INGREDIENT_NC, STR_NONE, table->auth->nc, STR_NONE);
    uint32_t count;

    if (!str_present(table->auth->nc)) {
        made.verdict = str_present(table->auth->qop) ? REG_ROW_MISSING : REG_ROW_UNKNOWN;
    } else if (!reg_nonce_count(table->auth->nc, &count)) {
        made.known = STR("eight hex digits");
        made.verdict = REG_ROW_DIFFERS;
    } else if (count <= table->nc) {
        made.known = STR("higher than before");
        made.verdict = REG_ROW_DIFFERS;
    }
    return made;
}

static RegDigestRow cnonce_row(const RegDigestTable *table)
{
    RegDigestRow made = row(REG_INGREDIENT_CNONCE, STR_NONE, table->auth->cnonce, STR_NONE);

    if (!str_present(table->auth->cnonce) && str_present(table->auth->qop))
        made.verdict = REG_ROW_MISSING;
    return made;
}

/* RFC 7616 section 3.3: none named is MD5. */
static Str algorithm_or_default(Str name)
{
    return str_present(name) ? name : STR("MD5");
}

static RegDigestRow algorithm_row(const RegDigestTable *table)
{
    Str asked = table->challenge != NULL ? table->challenge->algorithm : STR_NONE;
    RegDigestRow made = row(REG_INGREDIENT_ALGORITHM, asked, table->auth->algorithm, STR_NONE);

    if (table->challenge != NULL)
        made.verdict = str_equal_nocase(algorithm_or_default(asked),
                                        algorithm_or_default(table->auth->algorithm))
                           ? REG_ROW_SAME
                           : REG_ROW_NOT_OFFERED;
    return made;
}

static RegDigestRow response_row(const RegDigestTable *table)
{
    RegDigestRow made = row(REG_INGREDIENT_RESPONSE, STR_NONE, table->auth->response, STR_NONE);

    if (table->result->verdict == REG_DIGEST_MATCH)
        made.verdict = REG_ROW_SAME;
    else if (table->result->verdict == REG_DIGEST_MISMATCH
             || table->result->verdict == REG_DIGEST_OTHER_INPUT)
        made.verdict = REG_ROW_DIFFERS;
    return made;
}

/* What the device computed with instead. Of a password no more is said than
 * that it has another form. */
static void mark(RegDigestRow rows[REG_DIGEST_ROWS], const RegHypothesis *hypothesis,
                 const char *used)
{
    bool secret = hypothesis->ingredient == REG_INGREDIENT_SECRET;

    for (unsigned i = 0; i < REG_DIGEST_ROWS; i++) {
        if (rows[i].ingredient != (secret ? REG_INGREDIENT_RESPONSE : hypothesis->ingredient)
            || (!secret && (used == NULL || str_equal(rows[i].answer, shown(str_of(used))))))
            continue;
        rows[i].verdict = REG_ROW_FITS_ONLY;
        rows[i].fits = secret ? STR("another form of the password") : shown(str_of(used));
    }
}

void reg_digest_table(const RegDigestTable *table, RegDigestRow rows[REG_DIGEST_ROWS])
{
    const RegDigestResult *result = table->result;
    RegDigestRow made[REG_DIGEST_ROWS] = {
        user_row(table),      realm_row(table),
        uri_row(table),       row(REG_INGREDIENT_METHOD, STR_NONE, STR_NONE, table->method),
        nonce_row(table),     qop_row(table),
        nc_row(table),        cnonce_row(table),
        algorithm_row(table), response_row(table),
    };

    if (result->verdict == REG_DIGEST_OTHER_INPUT) {
        mark(made, result->hypothesis, result->used);
        if (result->second != NULL)
            mark(made, result->second, result->second_used);
    }
    memcpy(rows, made, sizeof(made));
}

/* How well a challenge fits the answer. */
static unsigned fit(const SipAuth *challenge, const SipAuth *auth)
{
    if (str_equal(challenge->nonce, auth->nonce))
        return str_equal_nocase(algorithm_or_default(challenge->algorithm),
                                algorithm_or_default(auth->algorithm))
                   ? 4
                   : 3;
    return str_equal(challenge->realm, auth->realm) ? 2 : 1;
}

bool reg_digest_challenge_for(const SipMessage *answer, const SipAuth *auth, SipAuth *challenge)
{
    static const SipHeaderId headers[] = { SIP_HEADER_WWW_AUTHENTICATE,
                                           SIP_HEADER_PROXY_AUTHENTICATE };
    unsigned best = 0;

    for (unsigned i = 0; i < 2; i++) {
        const SipHeader *header;

        for (unsigned n = 0; (header = sip_message_header(answer, headers[i], n)) != NULL; n++) {
            SipAuth found = sip_auth_parse(sip_message_value(answer, header));

            if (fit(&found, auth) > best) {
                best = fit(&found, auth);
                *challenge = found;
            }
        }
    }
    return best > 0;
}

const RegHypothesis *reg_digest_facts_hypothesis(const RegDigestFacts *facts)
{
    return facts->hypothesis > 0 ? reg_hypothesis_at(facts->hypothesis - 1u) : NULL;
}

const RegHypothesis *reg_digest_facts_second(const RegDigestFacts *facts)
{
    return facts->second > 0 ? reg_hypothesis_at(facts->second - 1u) : NULL;
}

const char *reg_digest_facts_use(const RegDigestFacts *facts)
{
    static const char *const names[] = {
        [REG_CHALLENGE_NO_CREDENTIALS] = "unseen",
        [REG_CHALLENGE_PRECEDING] = "preceding",
        [REG_CHALLENGE_EARLIER] = "earlier",
        [REG_CHALLENGE_UNSEEN] = "unseen",
    };

    return facts->other_server ? "other_server" : names[facts->use];
}
