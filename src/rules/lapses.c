/*
 * When a device was not registered because a granted time had run out.
 *
 * A binding that ran out is a lapse only when nothing else explains it: another
 * binding of the device that stood, a removal, or an attempt to renew it that
 * was made in time and failed. That attempt has findings of its own.
 */

#include "lapses.h"

#include "below.h"

/* Both ends count whole seconds, and not from the same moment. */
#define SHORTEST (2 * NSEC_SEC)

/* Whoever came back later than the capture goes on would look as if it never
 * did: 64*T1, which one attempt may take (RFC 3261 section 17.1.2.2). */
#define ATTEMPT (32 * NSEC_SEC)

/* The binding that follows 'from'; false: one stood all the time. */
static bool find_next(const RegDevice *device, const RegBinding *lapsed, const RegBinding **next)
{
    *next = NULL;
    for (unsigned i = 0; i < device->n_bindings; i++) {
        const RegBinding *binding = &device->bindings[i];

        if (binding == lapsed || binding->until <= lapsed->until)
            continue;
        if (binding->since <= lapsed->until)
            return false;
        if (*next == NULL || binding->since < (*next)->since)
            *next = binding;
    }
    return true;
}

typedef enum Bearing {
    BEARS_NOTHING,
    BEARS_EXPLANATION, /* it was made in time, and says itself why it led to nothing */
    BEARS_DOUBT,       /* it was made in time, and its end is not in the capture */
    BEARS_END,         /* the lapse lasts until then, at the longest */
} Bearing;

/* A renewal that was under way when the time ran out. Of a run of alike ones it
 * is the newest. */
static bool spans_end(const RegAttempt *attempt, const Lapse *lapse)
{
    return attempt->opened <= lapse->from && attempt->closed >= lapse->from;
}

/* Accepted in time, and yet nothing was renewed: the request is missing, and
 * with it what it was about. */
static bool may_have_renewed(const RegAttempt *attempt, const Lapse *lapse)
{
    const RegAttemptStep *last =
        attempt->n_steps > 0 ? &attempt->steps[attempt->n_steps - 1] : NULL;

    return last != NULL && attempt->opened <= lapse->from && last->status / 100 == 2
           && last->answer_time != NSEC_NONE
           && lapse_span(lapse_granted_at(lapse->binding), last->answer_time) > NSEC_SEC;
}

static Bearing bearing_of_accepted(const RegAttempt *attempt, const Lapse *lapse)
{
    if (spans_end(attempt, lapse))
        return BEARS_EXPLANATION;
    return may_have_renewed(attempt, lapse) ? BEARS_DOUBT : BEARS_NOTHING;
}

/* What an attempt has to do with the time that ran out. */
static Bearing bearing_of(const RegAttempt *attempt, const Lapse *lapse)
{
    Nsec from = attempt->first_opened;

    if (attempt->purpose == REG_PURPOSE_QUERY || from >= lapse->until
        || attempt->closed <= lapse_granted_at(lapse->binding))
        return BEARS_NOTHING;
    if (attempt->outcome == REG_OUTCOME_ACCEPTED && attempt->purpose != REG_PURPOSE_REMOVE)
        return bearing_of_accepted(attempt, lapse);
    if (from > lapse->from)
        return BEARS_END;
    return attempt->outcome == REG_OUTCOME_UNKNOWN ? BEARS_DOUBT : BEARS_EXPLANATION;
}

/* Cuts the lapse where the device tried again; tells what came before it. */
static Bearing weigh(const RegDevice *device, Lapse *lapse)
{
    Bearing strongest = BEARS_NOTHING;

    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        const RegAttempt *attempt = device->attempts[i];

        switch (bearing_of(attempt, lapse)) {
        case BEARS_NOTHING:
            break;
        case BEARS_EXPLANATION:
            return BEARS_EXPLANATION;
        case BEARS_DOUBT:
            strongest = BEARS_DOUBT;
            break;
        case BEARS_END:
            lapse->until = attempt->first_opened;
            lapse->tried = attempt;
            lapse->next = NULL;
            lapse->to_end = false;
            break;
        }
    }
    return strongest;
}

/* The newest attempt that began before 'time', and the first one behind it. */
static const RegAttempt *attempt_before(const RegDevice *device, Nsec time)
{
    const RegAttempt *newest = NULL;

    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        if (device->attempts[i]->opened <= time)
            newest = device->attempts[i];
    }
    return newest;
}

static const RegAttempt *attempt_behind(const RegDevice *device, Nsec time)
{
    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        if (device->attempts[i]->first_opened > time)
            return device->attempts[i];
    }
    return NULL;
}

/* By how much the CSeq rose across the lapse; 0: there is nothing to tell it by. Each
 * REGISTER of a Call-ID counts one up (RFC 3261 section 10.2). */
static uint32_t count_across(const RegDevice *device, const Lapse *lapse)
{
    const RegAttempt *before = attempt_before(device, lapse->from);
    const RegAttempt *behind = attempt_behind(device, lapse->from);

    if (before == NULL || behind == NULL || before->n_steps == 0 || behind->n_steps == 0
        || before->tail_cut || behind->head_cut || before->steps_omitted > 0
        || g_strcmp0(before->call_id, behind->call_id) != 0)
        return 0;

    uint32_t last = before->steps[before->n_steps - 1].cseq;
    uint32_t next = behind->steps[0].cseq;

    return next > last ? next - last : 0;
}

static bool is_long_enough(const Lapse *lapse)
{
    return lapse_length(lapse) >= (lapse->next != NULL ? SHORTEST : ATTEMPT);
}

unsigned lapses_of(const RegDevice *device, Nsec now, Lapse lapses[LAPSES], unsigned *unsure)
{
    unsigned n = 0;

    *unsure = 0;
    for (unsigned i = 0; i < device->n_bindings && n < LAPSES; i++) {
        Lapse lapse = { .binding = &device->bindings[i], .from = device->bindings[i].until };

        if (lapse.binding->end == REG_BINDING_UNKNOWN)
            (*unsure)++;
        if (lapse.binding->end != REG_BINDING_LAPSED || lapse.from > now
            || !find_next(device, lapse.binding, &lapse.next))
            continue;
        lapse.to_end = lapse.next == NULL;
        lapse.until = lapse.to_end ? now : lapse.next->since;

        Bearing bearing = weigh(device, &lapse);

        if (bearing == BEARS_EXPLANATION || !is_long_enough(&lapse))
            continue;
        uint32_t rise = count_across(device, &lapse);

        lapse.counted = rise == 1;
        /* Where numbers are missing, renewals are missing in the capture. */
        if (bearing == BEARS_DOUBT || rise > 1)
            (*unsure)++;
        else
            lapses[n++] = lapse;
    }
    return n;
}

Nsec lapse_length(const Lapse *lapse)
{
    return lapse_span(lapse->from, lapse->until);
}

Nsec lapse_span(Nsec from, Nsec until)
{
    Nsec span;

    return __builtin_sub_overflow(until, from, &span) ? NSEC_MAX : span;
}

Nsec lapse_granted_at(const RegBinding *binding)
{
    return MAX(binding->since, binding->renewed);
}

Nsec lapse_granted_until(const RegBinding *binding)
{
    Nsec until;

    return __builtin_add_overflow(lapse_granted_at(binding), (Nsec)binding->granted * NSEC_SEC,
                                  &until)
               ? NSEC_MAX
               : until;
}

bool lapse_was_alive(const RegDevice *device, const Lapse *lapse)
{
    const RegInbound *answered = device->life != NULL ? device->life->answered : NULL;

    /* Of a lapse that ended, the newest packet is a later one. */
    return (lapse->to_end && device->last_heard > lapse->from)
           || (answered != NULL && answered->answered > lapse->from
               && answered->answered < lapse->until);
}

const RegBinding *lapse_bound_at(const RegDevice *device, Nsec time)
{
    for (unsigned i = device->n_bindings; i-- > 0;) {
        const RegBinding *binding = &device->bindings[i];

        if (binding->since <= time && binding->until > time)
            return binding;
    }
    return NULL;
}

const char *lapse_loss(const RegDevice *device)
{
    if (device->losses & REG_LOSS_ONE_WAY)
        return "one direction between these hosts is not in the capture";
    if (device->losses & REG_LOSS_FORGOTTEN)
        return "a table was full and forgot a part of what the device did";
    return below_loss(device->losses);
}

void lapse_cite_grant(Finding *finding, const Lapse *lapse)
{
    const RegBinding *binding = lapse->binding;
    bool renewed = binding->renewed_by.frame != 0;
    g_autofree char *seen = g_strdup_printf("granted %u s", binding->granted);
    g_autofree char *expected = g_strdup_printf("a renewal within %u s", binding->granted);

    if (renewed || binding->made_by.frame != 0)
        finding_cite(finding, "granted", renewed ? binding->renewed_by : binding->made_by,
                     lapse_granted_at(binding), str_of(seen), expected);
}

static CaptureRef first_packet(const RegAttempt *attempt)
{
    if (attempt->n_steps == 0)
        return (CaptureRef){ 0 };
    return attempt->steps[0].request.frame != 0 ? attempt->steps[0].request
                                                : attempt->steps[0].answer;
}

void lapse_cite_end(Finding *finding, const Lapse *lapse)
{
    char length[NSEC_TEXT];
    g_autofree char *seen =
        g_strdup_printf("%s after the time had run out", nsec_to_span(lapse_length(lapse), length));

    if (lapse->next != NULL && lapse->next->made_by.frame != 0)
        finding_cite(finding, "registered again", lapse->next->made_by, lapse->until, str_of(seen),
                     NULL);
    if (lapse->tried != NULL && first_packet(lapse->tried).frame != 0)
        finding_cite(finding, "next REGISTER", first_packet(lapse->tried), lapse->until,
                     str_of(seen), NULL);
}
