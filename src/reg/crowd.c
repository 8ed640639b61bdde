/*
 * One crowd: who is in it, and what all of them share.
 */

#include "crowd.h"

#include "chains.h"

#define LEAST_DEVICES 3
#define EXAMPLE_AORS 4
#define TEXT_MAX 64

typedef struct Member {
    uint64_t device;
    uint64_t client; /* hash */
} Member;

static FailureKind kind_of(uint16_t status)
{
    return status == 408 || status / 100 == 5 ? FAILURE_SERVER : FAILURE_STATUS;
}

/* A 408 comes from a box on the way (RFC 4320), 503 and the like from whom the
 * request went to; ICMP counts when that host sent it. */
static bool is_explained(const RegChain *chain, uint16_t status, const NetAddr *server)
{
    return status / 100 == 5
           || (chain->icmp.seen.count > 0 && net_addr_equal(&chain->icmp.reporter, server));
}

/* The newest public address it is known by; else what the outermost hop shows. */
NetAddr failure_address(const RegChain *chain)
{
    const RegDevice *device = chain->device;
    const RegStep *step = reg_chain_last_step(chain);

    return device->n_public_addresses > 0
               ? device->public_addresses[device->n_public_addresses - 1].addr
               : step->sightings[step->n_sightings - 1]->hop.src.addr;
}

static bool was_accepted_before(const RegChain *chain)
{
    Nsec accepted = chain->device->last_accepted;

    return accepted != NSEC_NONE && accepted <= chain->opened;
}

/* Who misses an answer repeats its request; a stream does that for him. */
static bool is_insisted_on(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);

    return reg_step_txn(last)->hop.transport == NET_TCP || reg_step_copies(last) > 0;
}

/* Whether the chain is a failure, and not one of a device that goes, asks, or
 * got an answer that the capture does not hold. */
static bool is_failure(const RegChain *chain)
{
    if (chain->purpose != REG_PURPOSE_REGISTER && chain->purpose != REG_PURPOSE_REFRESH)
        return false;
    if (chain->device->scanner || chain->tail_cut)
        return false;
    if (chain->outcome == REG_OUTCOME_REFUSED)
        return kind_of(reg_step_status(reg_chain_last_step(chain))) == FAILURE_SERVER
               || was_accepted_before(chain);
    return chain->outcome == REG_OUTCOME_UNANSWERED && !chain->answers_elsewhere
           && !(chain->losses & REG_LOSS_ONE_WAY) && is_insisted_on(chain);
}

/* A silence is one when an answer to the first request was due. */
static Nsec over_at(const RegChain *chain, const SipTxn *txn)
{
    bool silent = chain->outcome == REG_OUTCOME_UNANSWERED;

    return silent ? MAX(chain->last, txn->opened + CHAIN_SILENCE) : chain->last;
}

bool failure_of(const RegChain *chain, Failure *failure)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipTxn *txn = reg_step_txn(last);
    uint16_t status = reg_step_status(last);

    if (!is_failure(chain))
        return false;
    *failure = (Failure){
        .kind = chain->outcome == REG_OUTCOME_UNANSWERED ? FAILURE_SILENCE : kind_of(status),
        .status = status,
        .device = chain->device,
        .client = txn->hop.src,
        .server = txn->hop.dst,
        .address = failure_address(chain),
        .from = txn->opened,
        .until = over_at(chain, txn),
        .ref = txn->opened_ref,
        .explained = is_explained(chain, status, &txn->hop.dst.addr),
        .server_answers_others =
            chain->outcome == REG_OUTCOME_UNANSWERED && chain->server_answers_others,
        .losses = chain->losses,
    };
    return true;
}

static Crowd *crowd_new(const Failure *failure)
{
    Crowd *crowd = g_new0(Crowd, 1);

    crowd->public = (RegCrowd){
        .one_server = true,
        .one_address = true,
        .server = failure->server,
        .address = failure->address,
        .user_agent = g_strdup(failure->device->user_agent),
        .outcome = failure->kind == FAILURE_SILENCE ? REG_OUTCOME_UNANSWERED : REG_OUTCOME_REFUSED,
        .status = failure->status,
        .until = failure->until,
        .last_success = NSEC_NONE,
        .recovered = NSEC_NONE,
    };
    return crowd;
}

void crowd_free(Crowd *crowd)
{
    if (crowd == NULL)
        return;
    g_free(crowd->public.user_agent);
    g_free(crowd->public.example_aors);
    g_free(crowd->members);
    g_free(crowd);
}

size_t crowd_bytes(const Crowd *crowd)
{
    if (crowd == NULL)
        return 0;
    return sizeof(Crowd) + crowd->public.devices * sizeof(Member)
           + (crowd->public.example_aors != NULL ? strlen(crowd->public.example_aors) : 0);
}

/* The same device under another port is none, nor is another account of the
 * same gateway. */
static bool is_member(const Crowd *crowd, const Member *member)
{
    for (unsigned i = 0; i < crowd->public.devices; i++) {
        if (crowd->members[i].device == member->device
            || crowd->members[i].client == member->client)
            return true;
    }
    return false;
}

static void add_member(Crowd *crowd, const RegDevice *device, const Member *member)
{
    RegCrowd *public = &crowd->public;
    unsigned n = public->devices;

    if (n == REG_CROWD_DEVICES || is_member(crowd, member))
        return;
    if ((n & (n - 1)) == 0) /* full, at a power of two */
        crowd->members = g_renew(Member, crowd->members, MAX(2 * n, 2));
    crowd->members[n] = *member;
    public->devices++;
}

static void share(RegCrowd *public, const Failure *failure)
{
    if (!net_endpoint_equal(&public->server, &failure->server))
    public->one_server = false;
    if (!net_addr_equal(&public->address, &failure->address))
    public->one_address = false;
    if (g_strcmp0(public->user_agent, failure->device->user_agent) != 0)
        g_clear_pointer(&public->user_agent, g_free);
    if (failure->status != public->status)
    public->status = 0;
}

/* Attempts close in another order than they began. */
static void add_fact(RegFact *failures, const Failure *failure)
{
    RegFact before = *failures;

    reg_fact_add(failures, failure->ref, failure->from);
    if (before.count > 0 && failure->from < before.last_time) {
        failures->last = before.last;
        failures->last_time = before.last_time;
    }
    if (before.count > 0 && failure->from < before.first_time) {
        failures->first = failure->ref;
        failures->first_time = failure->from;
    }
}

void crowd_add(Crowd **at, const Failure *failure)
{
    Member member = { failure->device->id, net_endpoint_hash(&failure->client) };

    /* Another reason to refuse is another story; the longer one stays. */
    if (*at != NULL && failure->kind == FAILURE_STATUS && (*at)->public.status != failure->status) {
        if (crowd_is_one(*at))
            return;
        g_clear_pointer(at, crowd_free);
    }
    if (*at == NULL)
        *at = crowd_new(failure);

    RegCrowd *public = &(*at)->public;

    share(public, failure);
    add_member(*at, failure->device, &member);
    add_fact(&public->failures, failure);
    public->explained += failure->explained;
    public->server_answers_others |= failure->server_answers_others;
    public->until = MAX(public->until, failure->until);
    public->losses |= failure->losses;
}

bool crowd_is_one(const Crowd *crowd)
{
    return crowd->public.devices >= LEAST_DEVICES;
}

static bool is_failed(const RegAttempt *attempt)
{
    return attempt->outcome == REG_OUTCOME_REFUSED || attempt->outcome == REG_OUTCOME_UNANSWERED
           || attempt->outcome == REG_OUTCOME_ABANDONED;
}

bool crowd_failed_before(const RegDevice *device, Nsec time)
{
    if (time == NSEC_NONE)
        return false;
    if (device->last_accepted == NSEC_NONE && device->attempts_forgotten > 0)
        return device->first_seen < time;
    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        const RegAttempt *attempt = device->attempts[i];

        if (is_failed(attempt) && attempt->first_opened < time
            && (device->last_accepted == NSEC_NONE || attempt->opened > device->last_accepted))
            return true;
    }
    return false;
}

/* Its first attempt that ended since then failed as well. */
static bool failed_after(const RegDevice *device, Nsec time)
{
    for (unsigned i = 0; time != NSEC_NONE && i < device->n_attempts_kept; i++) {
        const RegAttempt *attempt = device->attempts[i];

        if (attempt->closed < time || attempt->outcome == REG_OUTCOME_UNKNOWN)
            continue;
        return is_failed(attempt);
    }
    return false;
}

static void name_member(RegCrowd *public, unsigned named, const char *aor)
{
    g_autofree char *before = public->example_aors;

    if (named > 0)
    public->example_aors = g_strdup_printf("%s, %.*s", before, TEXT_MAX, aor);
    else public->example_aors = g_strndup(aor, TEXT_MAX);
}

void crowd_settle(Crowd *crowd, const RegDevice *(*device_of)(uint64_t id, void *user), void *user)
{
    RegCrowd *public = &crowd->public;
    unsigned named = 0;
    unsigned kept = 0;

    for (unsigned i = 0; i < public->devices; i++) {
        const RegDevice *device = device_of(crowd->members[i].device, user);

        if (device != NULL && failed_after(device, public->recovered))
            continue;
        crowd->members[kept++] = crowd->members[i];
        if (device != NULL && named < EXAMPLE_AORS)
            name_member(public, named++, device->aor);
    }
    public->devices = kept;
}
