/*
 * Which challenge a step answered, and whether its answer is right.
 *
 * The plain check is a few hashes and is made for every step. The search for
 * what deviates costs thousands of them and is made for the step that ended
 * the attempt: those before it failed alike.
 */

#include "verify.h"

#include "step.h"

#define MAX_CHALLENGES 16
#define MAX_ADDRESSES (2 * REG_DEVICE_ADDRESSES + 2 * REG_STEP_HOPS)

/* Searches for one device, about a second of work: a flood of wrong logins must
 * not buy more. */
#define MAX_SEARCHES 1024

/* What a digest may have been made from, beyond the message itself. */
typedef struct Surroundings {
    const SipMessage *challenges[MAX_CHALLENGES];
    unsigned n_challenges;
    char texts[MAX_ADDRESSES][NET_ENDPOINT_TEXT];
    Str addresses[MAX_ADDRESSES];
    unsigned n_addresses;
} Surroundings;

/* The challenges before a step, newest first. */
static void add_challenges(Surroundings *around, const RegChain *chain, unsigned step)
{
    for (unsigned i = step; i-- > 0 && around->n_challenges < MAX_CHALLENGES;) {
        const SipMessage *answer = reg_step_answer(reg_chain_step(chain, i));

        if (answer != NULL && (answer->status == 401 || answer->status == 407))
            around->challenges[around->n_challenges++] = answer;
    }
}

static void add_address(Surroundings *around, const NetEndpoint *endpoint)
{
    if (around->n_addresses == MAX_ADDRESSES)
        return;

    unsigned i = around->n_addresses++;

    around->addresses[i] = str_of(net_endpoint_to_text(endpoint, around->texts[i]));
}

/* The hosts by which the device and its server are known on either side of a NAT. */
static void add_addresses(Surroundings *around, const RegDevice *device, const RegStep *step)
{
    for (unsigned i = 0; i < step->n_sightings; i++) {
        add_address(around, &step->sightings[i]->hop.src);
        add_address(around, &step->sightings[i]->hop.dst);
    }
    for (unsigned i = 0; i < device->n_addresses; i++)
        add_address(around, &device->addresses[i]);
    for (unsigned i = 0; i < device->n_public_addresses; i++)
        add_address(around, &device->public_addresses[i]);
}

static bool was_refused(const RegStep *step)
{
    uint16_t status = reg_step_status(step);

    return status != 0 && status / 100 != 2;
}

/* A message that the capture cut may lack half of what was hashed. When the digest
 * fits all the same that is proof, everything else is not. */
static bool is_cut(const SipMessage *request)
{
    return (request->anomalies & SIP_CUT_SHORT) || (request->meta.anomalies & NET_TRUNCATED);
}

typedef struct Asked {
    Str nonce;
    bool sim;
} Asked;

static void look_for_sim(const SipAuth *challenge, void *user)
{
    Asked *asked = user;

    asked->sim |= str_equal(challenge->nonce, asked->nonce)
                  && str_starts_nocase(challenge->algorithm, STR("AKA"));
}

/* What answers an AKA challenge was made of a key in the SIM, whatever algorithm
 * the answer names (RFC 3310 section 3.2). */
static bool answers_for_sim(const Surroundings *around, Str nonce)
{
    Asked asked = { .nonce = nonce };

    for (unsigned i = 0; i < around->n_challenges; i++)
        step_each_challenge(around->challenges[i], look_for_sim, &asked);
    return asked.sim;
}

static void set_unsupported(RegDigestResult *result)
{
    reg_digest_result_clear(result);
    result->verdict = REG_DIGEST_UNSUPPORTED;
}

/* Of a request for a proxy and for a registrar, the answer to the one that its
 * answer is about. */
static void verify_step(RegDigest *digest, const RegSecrets *secrets, Chain *chain, unsigned index)
{
    RegStep *step = &g_array_index(chain->public.steps, RegStep, index);
    const SipMessage *request = reg_step_request(step);
    Surroundings around = { 0 };

    add_challenges(&around, &chain->public, index);
    add_addresses(&around, &chain->device->public, step);

    RegDigestInput input = {
        .auth = step->credentials,
        .method = request->method_name,
        .request_uri = request->request_uri,
        .body = request->body,
        .request = request,
        .challenges = around.challenges,
        .n_challenges = around.n_challenges,
        .addresses = around.addresses,
        .n_addresses = around.n_addresses,
        .search = index + 1 == chain->public.steps->len && was_refused(step) && !is_cut(request)
                  && chain->device->searches < MAX_SEARCHES,
    };

    if (answers_for_sim(&around, step->credentials.nonce)) {
        set_unsupported(&step->digest);
        return;
    }
    reg_digest_result_clear(&step->digest);
    reg_digest_check(digest, secrets, &input, &step->digest);
    step->digest_searched = input.search;
    chain->device->searches += input.search && step->digest.verdict != REG_DIGEST_MATCH;
    if (is_cut(request) && step->digest.verdict > REG_DIGEST_MATCH)
        set_unsupported(&step->digest);
}

void verify_chain(RegDigest *digest, const RegSecrets *secrets, Chain *chain)
{
    for (unsigned i = 0; i < chain->public.steps->len; i++) {
        const RegStep *step = reg_chain_step(&chain->public, i);

        if (reg_step_has_credentials(step) && reg_step_request(step) != NULL)
            verify_step(digest, secrets, chain, i);
    }
}
