/*
 * What many rules ask about a chain.
 */

#include "facts.h"

const char *chain_who(const RegChain *chain)
{
    return chain->device->aor[0] != '\0' ? chain->device->aor : "a device without a name";
}

const char *chain_loss(const RegChain *chain)
{
    static const struct {
        RegLoss kind;
        const char *because;
    } reasons[] = {
        { REG_LOSS_ONE_WAY, "one direction between these hosts is not in the capture" },
        { REG_LOSS_FORGOTTEN, "a table was full and forgot a part of the attempt" },
        { REG_LOSS_DROPS, "the capture dropped packets at that time" },
        { REG_LOSS_TRUNCATED, "frames were cut by the snapshot length at that time" },
        { REG_LOSS_GAP, "bytes of a TCP stream are missing at that time" },
        { REG_LOSS_FRAGMENTS, "IP fragments are missing at that time" },
        { REG_LOSS_CLOCK, "the clock of the capture was set at that time" },
    };

    if (chain->answers_elsewhere)
        return "the phone got answers that are not in the capture";
    for (unsigned i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (chain->losses & reasons[i].kind)
            return reasons[i].because;
    }
    return NULL;
}

Nsec chain_silence(const RegChain *chain)
{
    return chain->watched - chain->last;
}

unsigned step_requests(const RegStep *step)
{
    return (reg_step_request(step) != NULL ? 1 : 0) + reg_step_copies(step);
}

unsigned chain_requests(const RegChain *chain)
{
    unsigned n = chain->requests_omitted;

    for (unsigned i = 0; i < chain->steps->len; i++)
        n += step_requests(reg_chain_step(chain, i));
    return n;
}

/* Over TCP nothing is repeated, and 64*T1 is how long a phone waits. */
#define PATIENCE (32 * NSEC_SEC)

static bool is_insisted_on(const RegStep *step)
{
    return reg_step_txn(step)->hop.transport == NET_TCP || reg_step_copies(step) > 0;
}

FindingGrade chain_silence_grade(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);

    if (reg_step_copies(last) > 0)
        return FINDING_STRONG;
    return is_insisted_on(last) && chain_silence(chain) >= PATIENCE ? FINDING_STRONG : FINDING_WEAK;
}

const char *chain_silence_settle(const RegChain *chain, const char *otherwise)
{
    if (is_insisted_on(reg_chain_last_step(chain)))
        return otherwise;
    return "A capture of both directions: a phone without an answer repeats its request, and this "
           "one did not.";
}

char *step_answer_text(const RegStep *step)
{
    const SipMessage *answer = reg_step_answer(step);

    if (answer == NULL)
        return g_strdup("no answer");
    return g_strdup_printf("%u %.*s", answer->status, STR_ARG(answer->reason));
}

const char *chain_server(const RegChain *chain, char text[NET_ENDPOINT_TEXT])
{
    return net_endpoint_to_text(&reg_step_txn(reg_chain_last_step(chain))->hop.dst, text);
}

const SipMessage *chain_refusal(const RegChain *chain)
{
    const SipMessage *answer = reg_step_answer(reg_chain_last_step(chain));

    if (answer == NULL || answer->status / 100 == 2 || answer->status == 401
        || answer->status == 407)
        return NULL;
    return answer;
}

bool chain_was_challenged(const RegChain *chain)
{
    for (unsigned i = 0; i < chain->steps->len; i++) {
        uint16_t status = reg_step_status(reg_chain_step(chain, i));

        if (status == 401 || status == 407)
            return true;
    }
    return false;
}

bool chain_has_credentials(const RegChain *chain)
{
    for (unsigned i = 0; i < chain->steps->len; i++) {
        if (reg_step_has_credentials(reg_chain_step(chain, i)))
            return true;
    }
    return false;
}

bool step_brought_credentials(const RegStep *step)
{
    const SipMessage *request = reg_step_request(step);

    if (request == NULL || !reg_step_has_credentials(step))
        return false;
    return sip_message_header(request,
                              reg_step_status(step) == 407 ? SIP_HEADER_PROXY_AUTHORIZATION
                                                           : SIP_HEADER_AUTHORIZATION,
                              0)
           != NULL;
}

unsigned chain_rejections(const RegChain *chain)
{
    unsigned n = chain->rejections_omitted;

    for (unsigned i = 0; i < chain->steps->len; i++)
        n += reg_step_is_rejection(reg_chain_step(chain, i));
    return n;
}

/* One copy may have crossed the answer on its way, or one answer may be lost
 * anywhere: two in a row are a broken path. */
#define ENOUGH_COPIES 2

/* A copy that comes within a round trip after the answer was under way already. */
#define SHORTEST_TRIP (200 * NSEC_MSEC)
#define LONGEST_TRIP (4 * NSEC_SEC)

/* The phone's reaction to the answer before this one tells how long a round
 * trip takes here, over a satellite too. */
static Nsec round_trip(const RegChain *chain)
{
    if (chain->steps->len < 2)
        return SHORTEST_TRIP;

    const SipTxn *before = reg_step_txn(reg_chain_step(chain, chain->steps->len - 2));
    const SipTxn *last = reg_step_txn(reg_chain_last_step(chain));

    if (before->answered == NSEC_NONE)
        return SHORTEST_TRIP;
    return CLAMP(last->opened - before->answered, SHORTEST_TRIP, LONGEST_TRIP);
}

bool txn_went_unheard(const RegChain *chain, const SipTxn *txn)
{
    return txn->request != NULL && txn->answer != NULL && txn->copies_after_answer >= ENOUGH_COPIES
           && txn->touched - txn->answered >= round_trip(chain);
}

bool chain_went_on(const RegChain *chain)
{
    return chain->followed || chain->recovered;
}

static SipAuth first_auth(const SipMessage *message, SipHeaderId id, SipHeaderId proxy_id)
{
    Str value = sip_message_first(message, id);

    return sip_auth_parse(str_present(value) ? value : sip_message_first(message, proxy_id));
}

SipAuth message_challenge(const SipMessage *answer)
{
    return first_auth(answer, SIP_HEADER_WWW_AUTHENTICATE, SIP_HEADER_PROXY_AUTHENTICATE);
}

SipAuth message_credentials(const SipMessage *request)
{
    return first_auth(request, SIP_HEADER_AUTHORIZATION, SIP_HEADER_PROXY_AUTHORIZATION);
}

bool uri_is_placeholder(const SipUri *uri)
{
    Str tail = STR(".invalid");

    return uri->host.len >= tail.len
           && str_equal_nocase(str_from(uri->host, uri->host.len - tail.len), tail);
}

void finding_cite_end(Finding *finding, const RegChain *chain, const char *expected)
{
    const RegStep *last = reg_chain_last_step(chain);

    finding_cite_message(finding, "request", reg_step_request(last), NULL);
    finding_cite_message(finding, "answer", reg_step_answer(last), expected);
}

static Str first_line(Str body)
{
    Str line, rest;

    str_split(body, '\n', &line, &rest);
    return str_first(str_trim(line), 200);
}

void finding_cite_reasons(Finding *finding, const SipMessage *answer)
{
    static const struct {
        SipHeaderId id;
        const char *name;
    } headers[] = {
        { SIP_HEADER_WARNING, "Warning" }, { SIP_HEADER_P_REGISTRAR_ERROR, "P-Registrar-Error" },
        { SIP_HEADER_REASON, "Reason" },   { SIP_HEADER_RETRY_AFTER, "Retry-After" },
        { SIP_HEADER_SERVER, "Server" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
        Str value = sip_message_first(answer, headers[i].id);

        if (value.len > 0)
            finding_cite(finding, headers[i].name, answer->meta.ref, answer->meta.time, value,
                         NULL);
    }
    if (answer->body.len > 0)
        finding_cite(finding, "body", answer->meta.ref, answer->meta.time, first_line(answer->body),
                     NULL);
}
