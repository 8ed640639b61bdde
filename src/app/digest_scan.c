/*
 * Pairs credentials with challenges.
 *
 * The tracker does this for registrations; here every request counts, and
 * nothing but the nonce and the Call-ID is needed for it.
 */

#include "digest_scan.h"

#include "base/cache.h"
#include "base/hash.h"
#include "net/decoder.h"
#include "sip/framer.h"

#define MAX_NONCES 65536
#define MAX_CALLS 16384
#define MAX_BYTES ((size_t)64 << 20)

/* Deadlines are seconds long. */
#define TICK (100 * NSEC_MSEC)

typedef struct Nonce {
    CacheItem item;
    Str text; /* in 'answer' */
    SipMessage *answer;
    bool next;
} Nonce;

/* The challenges of one Call-ID, in a ring. */
typedef struct Call {
    CacheItem item;
    Str call_id; /* in the key */
    char *key;
    SipMessage *answers[DIGEST_SCAN_CHALLENGES];
    unsigned n; /* ever added */
} Call;

typedef struct Scan {
    NetDecoder *net;
    SipFramer *framer;
    Cache *nonces;
    Cache *calls;
    Nsec ticked;
    void (*visit)(const DigestSighting *sighting, void *user);
    void *user;
} Scan;

static uint64_t hash_text(const void *key)
{
    return hash_str(*(const Str *)key);
}

static bool texts_equal(const void *a, const void *b)
{
    return str_equal(*(const Str *)a, *(const Str *)b);
}

static void drop_nonce(void *item, CacheDrop why, void *user)
{
    Nonce *nonce = item;

    sip_message_unref(nonce->answer);
    g_free(nonce);
}

static void drop_call(void *item, CacheDrop why, void *user)
{
    Call *call = item;

    for (unsigned i = 0; i < MIN(call->n, DIGEST_SCAN_CHALLENGES); i++)
        sip_message_unref(call->answers[i]);
    g_free(call->key);
    g_free(call);
}

static Cache *table_new(const char *name, size_t max_items,
                        void (*drop)(void *item, CacheDrop why, void *user))
{
    return cache_new(&(CacheConfig){
        .name = name,
        .max_items = max_items,
        .max_bytes = MAX_BYTES,
        .hash = hash_text,
        .equal = texts_equal,
        .drop = drop,
    });
}

static void learn_nonce(Scan *scan, SipMessage *answer, Str text, bool next)
{
    Nonce *known = text.len > 0 ? cache_get(scan->nonces, &text, answer->meta.time) : NULL;

    if (text.len == 0 || known != NULL) /* its copies on other hops are the same */
        return;
    known = g_new(Nonce, 1);
    *known = (Nonce){ .text = text, .answer = sip_message_ref(answer), .next = next };
    cache_add(scan->nonces, known, &known->text, sizeof(Nonce) + sip_message_size(answer),
              answer->meta.time);
}

static void learn_challenge(Scan *scan, SipMessage *answer)
{
    Call *call = cache_get(scan->calls, &answer->call_id, answer->meta.time);

    if (call == NULL) {
        call = g_new0(Call, 1);
        call->key = g_memdup2(answer->call_id.data, answer->call_id.len);
        call->call_id = (Str){ call->key, answer->call_id.len };
        cache_add(scan->calls, call, &call->call_id, sizeof(Call), answer->meta.time);
    }

    SipMessage **slot = &call->answers[call->n % DIGEST_SCAN_CHALLENGES];

    if (call->n >= DIGEST_SCAN_CHALLENGES)
        sip_message_unref(*slot);
    *slot = sip_message_ref(answer);
    call->n++;
    cache_grow(scan->calls, call,
               sizeof(Call) + MIN(call->n, DIGEST_SCAN_CHALLENGES) * sip_message_size(answer));
}

/* RFC 7616 section 3.5. */
static Str next_nonce(const SipMessage *answer)
{
    Str params = sip_message_first(answer, SIP_HEADER_AUTHENTICATION_INFO);
    Str param, name, value;

    while (sip_list_next(&params, &param)) {
        if (str_split(param, '=', &name, &value)
            && str_equal_nocase(str_trim(name), STR("nextnonce")))
            return sip_unquote(value);
    }
    return STR_NONE;
}

static void take_answer(Scan *scan, SipMessage *answer)
{
    static const SipHeaderId headers[] = { SIP_HEADER_WWW_AUTHENTICATE,
                                           SIP_HEADER_PROXY_AUTHENTICATE };
    bool challenges = false;

    learn_nonce(scan, answer, next_nonce(answer), true);
    if (answer->status != 401 && answer->status != 407)
        return;
    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
        const SipHeader *header;

        for (unsigned n = 0; (header = sip_message_header(answer, headers[i], n)) != NULL; n++) {
            learn_nonce(scan, answer, sip_auth_parse(sip_message_value(answer, header)).nonce,
                        false);
            challenges = true;
        }
    }
    if (challenges)
        learn_challenge(scan, answer);
}

static void find_challenges(const Scan *scan, DigestSighting *sighting)
{
    const Nonce *nonce = cache_peek(scan->nonces, &sighting->auth.nonce);
    const Call *call = cache_peek(scan->calls, &sighting->request->call_id);
    unsigned kept = call != NULL ? MIN(call->n, DIGEST_SCAN_CHALLENGES) : 0;

    if (nonce != NULL) {
        sighting->issuer = nonce->answer;
        sighting->next = nonce->next;
    }
    for (unsigned i = 0; i < kept; i++)
        sighting->challenges[sighting->n_challenges++] =
            call->answers[(call->n - 1 - i) % DIGEST_SCAN_CHALLENGES];
    for (unsigned i = 0; i < kept; i++) {
        if (sighting->challenges[i] == sighting->issuer)
            return;
    }
    /* Cached from another dialog. */
    if (sighting->issuer != NULL && !sighting->next) {
        sighting->n_challenges = MAX(MIN(kept + 1, DIGEST_SCAN_CHALLENGES), 1);
        sighting->challenges[sighting->n_challenges - 1] = sighting->issuer;
    }
}

static void take_request(const Scan *scan, const SipMessage *request)
{
    static const SipHeaderId headers[] = { SIP_HEADER_AUTHORIZATION,
                                           SIP_HEADER_PROXY_AUTHORIZATION };

    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
        const SipHeader *header;

        for (unsigned n = 0; (header = sip_message_header(request, headers[i], n)) != NULL; n++) {
            DigestSighting sighting = {
                .request = request,
                .header = header,
                .auth = sip_auth_parse(sip_message_value(request, header)),
            };

            /* Without a response an IMS phone only says who it is. */
            if (sighting.auth.response.len == 0)
                continue;
            find_challenges(scan, &sighting);
            scan->visit(&sighting, scan->user);
        }
    }
}

static void on_message(SipMessage *message, void *user)
{
    if (message->is_request)
        take_request(user, message);
    else
        take_answer(user, message);
    sip_message_unref(message);
}

static bool on_wanted(Str bytes, const NetFlow *flow, void *user)
{
    return sip_framer_wants(bytes, flow);
}

static NetInterest on_payload(const NetPayload *payload, void *user)
{
    Scan *scan = user;

    return sip_framer_push(scan->framer, payload);
}

static void push(Scan *scan, const CapturePacket *packet)
{
    if (!packet->no_time && packet->time - scan->ticked >= TICK) {
        scan->ticked = packet->time;
        net_decoder_advance(scan->net, packet->time);
        sip_framer_advance(scan->framer, packet->time);
    }
    net_decoder_push(scan->net, packet);
}

void digest_scan(CaptureSet *captures, void (*visit)(const DigestSighting *sighting, void *user),
                 void *user)
{
    Scan scan = { .visit = visit, .user = user };
    CapturePacket packet;

    scan.nonces = table_new("digest.nonces", MAX_NONCES, drop_nonce);
    scan.calls = table_new("digest.calls", MAX_CALLS, drop_call);
    scan.framer = sip_framer_new(&sip_framer_config_default,
                                 &(SipSink){ .message = on_message, .user = &scan });
    scan.net =
        net_decoder_new(&net_config_default,
                        &(NetSink){ .wanted = on_wanted, .payload = on_payload, .user = &scan });
    while (capture_set_next(captures, &packet) == CAPTURE_FRAME)
        push(&scan, &packet);
    net_decoder_finish(scan.net);
    sip_framer_finish(scan.framer);
    net_decoder_free(scan.net);
    sip_framer_free(scan.framer);
    cache_free(scan.nonces);
    cache_free(scan.calls);
}
