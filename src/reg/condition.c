/*
 * "Is this phone reachable now, and has it been for long enough to rely on?"
 *
 * What was seen decides at once: an answer, a request that stayed without one.
 * What was not seen decides when its time is over, and only where the capture
 * looked on and lost nothing that may have been it: a phone of which nobody
 * knows anything is not lost.
 */

#include "reg/condition.h"

#include <string.h>

#include "reg/interval.h"

const RegStability reg_stability_default = { .settle = 300 * NSEC_SEC };

/* Nobody waits longer for an answer (timer F, RFC 3261 section 17.1.2.2). */
#define TIMER_F (32 * NSEC_SEC)

/* Who is going to try again with other credentials has done so by then (T2). */
#define PATIENCE (4 * NSEC_SEC)

/* For so long a capture may be without any packet before that means something, and so often
 * somebody looks whether there is one. */
#define BLIND (60 * NSEC_SEC)
#define POLL (10 * NSEC_SEC)

/* A habit is what was done so often. */
#define HABIT 4

const char *reg_condition_name(RegCondition condition)
{
    static const char *const names[] = {
        [REG_CONDITION_UNKNOWN] = "unknown",   [REG_CONDITION_STABLE] = "stable",
        [REG_CONDITION_SETTLING] = "settling", [REG_CONDITION_DANGER] = "danger",
        [REG_CONDITION_LOST] = "lost",
    };

    return names[condition];
}

/* Somebody looks at a device. */
typedef struct Look {
    const RegDevice *device;
    const RegBinding *newest; /* NULL: none */
    Nsec now;
    Nsec watched; /* until when the capture shows it */
    Nsec again;
} Look;

/* Why it is in trouble, if it is. */
typedef struct Trouble {
    const char *because; /* NULL: it is not */
    RegState state;
    Nsec since;
    CaptureRef ref;
} Trouble;

typedef enum Deadline {
    DEADLINE_AHEAD,
    DEADLINE_PASSED,
    DEADLINE_UNSEEN, /* it is over, and the capture does not show it */
} Deadline;

static void look_again(Look *look, Nsec when)
{
    look->again = MIN(look->again, when);
}

/* Whether something has stayed out for good. A capture is not asked each moment: that it shows
 * nothing just now is no news. */
static Deadline deadline(Look *look, Nsec when)
{
    if (look->watched > when)
        return DEADLINE_PASSED;
    if (look->now <= when) {
        look_again(look, nsec_after(when, 1));
        return DEADLINE_AHEAD;
    }
    look_again(look, nsec_after(look->now, POLL));
    return nsec_since(when, look->now) < BLIND ? DEADLINE_AHEAD : DEADLINE_UNSEEN;
}

/* --- attempts ------------------------------------------------------------- */

/* A removal that fails leaves it where it is; a question changes nothing. */
static bool is_about_staying(RegPurpose purpose)
{
    return purpose == REG_PURPOSE_REGISTER || purpose == REG_PURPOSE_REFRESH;
}

static Trouble refused(Nsec time, CaptureRef ref)
{
    return (Trouble){ "its REGISTER was refused", REG_STATE_REFUSED, time, ref };
}

static Trouble unanswered(Nsec since)
{
    return (Trouble){ .because = "its REGISTER was not answered",
                      .state = REG_STATE_UNANSWERED,
                      .since = since };
}

static Trouble abandoned(Nsec since)
{
    return (Trouble){ .because = "it did not answer a challenge",
                      .state = REG_STATE_UNANSWERED,
                      .since = since };
}

static bool is_challenge(uint16_t status)
{
    return status == 401 || status == 407;
}

/* Answers after which a phone may change something and try again at once. */
static bool invites(uint16_t status)
{
    return status / 100 == 3 || is_challenge(status) || status == 413 || status == 416
           || status == 420 || status == 421 || status == 423 || status == 439 || status == 494;
}

/* The attempt goes on: what is certain of it by now. False: nothing is. */
static bool judge_open(Look *look, Trouble *trouble)
{
    const RegChain *chain = look->device->trying;

    if (chain == NULL || !is_about_staying(chain->purpose))
        return false;

    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *answer = reg_step_answer(last);
    uint16_t status = reg_step_status(last);

    if (status / 100 == 2)
        return true;
    if (answer == NULL) {
        Nsec due = nsec_after(reg_step_txn(last)->opened, TIMER_F);

        *trouble = unanswered(due);
        return look->device->hidden == 0 && !chain->answers_elsewhere
               && deadline(look, due) == DEADLINE_PASSED;
    }
    *trouble = refused(answer->meta.time, answer->meta.ref);
    if (!invites(status))
        return true;
    if (!is_challenge(status) || reg_step_is_rejection(last))
        return deadline(look, nsec_after(answer->meta.time, PATIENCE)) == DEADLINE_PASSED;
    *trouble = abandoned(nsec_after(answer->meta.time, TIMER_F));
    return look->device->hidden == 0 && deadline(look, trouble->since) == DEADLINE_PASSED;
}

/* The same of one that is over. */
static Trouble judge_closed(const Look *look, const RegAttempt *attempt)
{
    const RegAttemptStep *last = &attempt->steps[attempt->n_steps - 1];
    Nsec given_up = nsec_after(attempt->closed, TIMER_F);

    switch (attempt->outcome) {
    case REG_OUTCOME_REFUSED:
        return refused(last->answer_time != NSEC_NONE ? last->answer_time : attempt->closed,
                       last->answer);
    case REG_OUTCOME_ABANDONED:
        return look->device->hidden == 0 ? abandoned(MIN(given_up, look->now)) : (Trouble){ 0 };
    case REG_OUTCOME_UNANSWERED:
        if (last->request_time != NSEC_NONE)
            given_up = nsec_after(last->request_time, TIMER_F);
        return look->device->hidden == 0 ? unanswered(MIN(given_up, look->now)) : (Trouble){ 0 };
    case REG_OUTCOME_ACCEPTED:
    case REG_OUTCOME_UNKNOWN:
        break;
    }
    return (Trouble){ 0 };
}

/* Trouble began with the first attempt that failed, and told is what the newest met. */
static Trouble find_trouble(Look *look)
{
    const RegDevice *device = look->device;
    Trouble trouble = { 0 };
    bool known = judge_open(look, &trouble);

    if (!known)
        trouble.because = NULL;
    if (known && trouble.because == NULL)
        return trouble;
    for (unsigned i = device->n_attempts_kept; i > 0; i--) {
        const RegAttempt *attempt = device->attempts[i - 1];

        if (!is_about_staying(attempt->purpose))
            continue;
        if (device->last_accepted != NSEC_NONE && device->last_accepted >= attempt->closed)
            break;

        Trouble before = judge_closed(look, attempt);

        if (before.because == NULL)
            break;
        if (trouble.because == NULL)
            trouble = before;
        trouble.since = MIN(trouble.since, before.since);
    }
    return trouble;
}

/* An attempt whose end nobody saw, since it was accepted last. */
static bool has_untold(const Look *look)
{
    const RegDevice *device = look->device;

    for (unsigned i = device->n_attempts_kept; i > 0; i--) {
        const RegAttempt *attempt = device->attempts[i - 1];

        if (device->last_accepted != NSEC_NONE && device->last_accepted >= attempt->opened)
            return false;
        if (attempt->outcome == REG_OUTCOME_UNKNOWN)
            return true;
    }
    return false;
}

/* --- conditions ----------------------------------------------------------- */

static RegStanding unknown(Nsec since, const char *because)
{
    return (RegStanding){ REG_CONDITION_UNKNOWN, .because = because, .since = since };
}

static RegStanding lost(RegState state, Nsec since, CaptureRef ref, const char *because)
{
    return (RegStanding){ .condition = REG_CONDITION_LOST,
                          .state = state,
                          .because = because,
                          .since = since,
                          .ref = ref };
}

static RegStanding in_danger(const Trouble *trouble)
{
    return (RegStanding){ .condition = REG_CONDITION_DANGER,
                          .state = trouble->state,
                          .because = trouble->because,
                          .since = trouble->since,
                          .ref = trouble->ref };
}

/* An intact one: since 'calm', which the packet 'ref' shows. */
static RegStanding settled(Look *look, Nsec calm, CaptureRef ref, const RegStability *stability)
{
    Nsec stable = nsec_after(calm, stability->settle);

    if (look->watched >= stable)
        return (RegStanding){ .condition = REG_CONDITION_STABLE,
                              .state = REG_STATE_REGISTERED,
                              .because = "registered, and nothing went wrong",
                              .since = stable };
    look_again(look, look->now < stable ? stable : nsec_after(look->now, POLL));
    return (RegStanding){ .condition = REG_CONDITION_SETTLING,
                          .state = REG_STATE_REGISTERED,
                          .because = "registered",
                          .since = calm,
                          .ref = ref };
}

static bool is_refused_requests(const Look *look)
{
    const RegForgotten *forgotten =
        look->device->life != NULL ? look->device->life->forgotten : NULL;

    return forgotten != NULL && forgotten->last > look->newest->renewed;
}

/* What puts a bound device in danger: a failure, its registrar's own word, or time. */
static Trouble find_danger(Look *look)
{
    Trouble trouble = find_trouble(look);
    Nsec overdue = reg_binding_overdue(look->newest);

    if (trouble.because == NULL && is_refused_requests(look)) {
        const RegForgotten *forgotten = look->device->life->forgotten;

        trouble = (Trouble){ "its registrar refuses requests for it", REG_STATE_REGISTERED,
                             MAX(forgotten->time, look->newest->renewed), forgotten->answer };
    }
    if (look->device->hidden != 0 || deadline(look, overdue) != DEADLINE_PASSED)
        return trouble;
    if (trouble.because == NULL)
        return (Trouble){ .because = "its refresh is overdue",
                          .state = REG_STATE_REGISTERED,
                          .since = overdue };
    trouble.since = MIN(trouble.since, overdue);
    return trouble;
}

/* The binding stands. Whether it is of use is told by the newest interval. */
static RegStanding judge_bound(Look *look, const RegStability *stability)
{
    const RegLife *life = look->device->life;
    g_autoptr(GArray) row = reg_intervals_new(look->device, nsec_after(look->watched, 1));
    RegInterval newest = { .state = REG_INTERVAL_REGISTERED,
                           .from = look->newest->since,
                           .opened_ref = look->newest->made_by };

    if (row->len > 0)
        newest = g_array_index(row, RegInterval, row->len - 1);
    if (newest.state == REG_INTERVAL_UNREACHABLE)
        return lost(REG_STATE_UNREACHABLE, newest.from, newest.opened_ref,
                    strcmp(newest.opened_by, "connection closed") == 0
                        ? "its connection was closed"
                        : "requests for it are not answered");

    Trouble trouble = find_danger(look);

    if (trouble.because != NULL)
        return in_danger(&trouble);
    if (newest.state == REG_INTERVAL_UNKNOWN)
        return unknown(newest.from, newest.opened_by);
    if (life != NULL && life->steady != NSEC_NONE && life->steady > newest.from)
        return settled(look, life->steady, life->steady_ref, stability);
    return settled(look, newest.from, newest.opened_ref, stability);
}

/* Its time ran out. A refresh on its way when that happened is waited for. */
static RegStanding judge_lapsed(Look *look, const RegStability *stability)
{
    const RegBinding *newest = look->newest;
    const RegChain *trying = look->device->trying;
    Nsec due = newest->until;
    Trouble trouble;

    if (trying != NULL && reg_step_status(reg_chain_last_step(trying)) == 0
        && reg_step_txn(reg_chain_last_step(trying))->opened <= due)
        due = MAX(due, nsec_after(reg_step_txn(reg_chain_last_step(trying))->opened, TIMER_F));
    switch (deadline(look, due)) {
    case DEADLINE_AHEAD:
        return judge_bound(look, stability);
    case DEADLINE_UNSEEN:
        return unknown(newest->until, "its time ran out while the capture showed nothing");
    case DEADLINE_PASSED:
        break;
    }
    trouble = find_trouble(look);
    if (trouble.because != NULL)
        return lost(trouble.state, newest->until, (CaptureRef){ 0 }, trouble.because);
    if (look->device->hidden != 0)
        return unknown(newest->until, "its time ran out, and packets were lost");
    if (has_untold(look))
        return unknown(newest->until, "its time ran out, and the end of an attempt was not seen");
    return lost(REG_STATE_LAPSED, newest->until, (CaptureRef){ 0 }, "its registration ran out");
}

static RegStanding judge_ended(Look *look, const RegStability *stability)
{
    const RegBinding *newest = look->newest;
    Trouble trouble;

    switch (newest->end) {
    case REG_BINDING_REMOVED:
        trouble = find_trouble(look);
        return lost(trouble.because != NULL ? trouble.state : REG_STATE_DEREGISTERED, newest->ended,
                    newest->ended_by,
                    trouble.because != NULL ? trouble.because : "its registration was removed");
    case REG_BINDING_REPLACED:
        return lost(REG_STATE_UNREACHABLE, newest->ended, newest->ended_by,
                    "another device took its place");
    case REG_BINDING_UNKNOWN:
        return unknown(newest->until, "the clock was set");
    case REG_BINDING_OPEN:
    case REG_BINDING_LAPSED:
    case REG_BINDING_REFRESHED:
        break;
    }
    return judge_lapsed(look, stability);
}

static bool is_answered(const RegChain *chain)
{
    return chain != NULL && reg_step_status(reg_chain_step(chain, 0)) != 0;
}

static RegStanding judge_unbound(Look *look)
{
    const RegDevice *device = look->device;
    Trouble trouble = find_trouble(look);

    if (trouble.because != NULL)
        return lost(trouble.state, trouble.since, trouble.ref, trouble.because);
    if (device->lookup != NULL)
        return lost(REG_STATE_UNANSWERED, device->lookup->asked.first_time,
                    device->lookup->asked.first, "the name of its server was not resolved");
    if (device->link != NULL)
        return lost(REG_STATE_UNANSWERED, device->link->tried.first_time, device->link->tried.first,
                    "it got no connection to its server");
    if (device->last_accepted != NSEC_NONE)
        return unknown(device->last_accepted, "no answer told for how long it is registered");
    return unknown(device->first_seen, is_answered(device->trying) ? "its attempt is not over yet"
                                                                   : "no answer to it was seen");
}

static RegStanding judge(Look *look, const RegStability *stability)
{
    if (look->device->scanner)
        return unknown(look->device->first_seen, "one account of many that a scanner tries");
    if (look->newest == NULL)
        return judge_unbound(look);
    if (look->newest->end == REG_BINDING_OPEN && look->newest->until >= look->now) {
        look_again(look, nsec_after(look->newest->until, 1));
        return judge_bound(look, stability);
    }
    return judge_ended(look, stability);
}

RegStanding reg_device_standing(const RegDevice *device, const RegStability *stability, Nsec now)
{
    Look look = { .device = device,
                  .newest =
                      device->n_bindings > 0 ? &device->bindings[device->n_bindings - 1] : NULL,
                  .now = now,
                  .watched = reg_device_end(device, now),
                  .again = NSEC_MAX };
    RegStanding standing = judge(&look, stability);

    standing.until = look.newest != NULL ? look.newest->until : NSEC_NONE;
    standing.look_again = look.again;
    return standing;
}

/* Half a minute, or a third of the time that it uses to wait, is no habit's fault. */
static Nsec habitual(const RegBinding *binding, Nsec granted)
{
    if (binding->refreshes < HABIT || binding->least_left == NSEC_NONE)
        return NSEC_MAX;
    return nsec_after(nsec_after(binding->until, -binding->least_left),
                      MAX(TIMER_F, (granted - binding->least_left) / 3));
}

Nsec reg_binding_overdue(const RegBinding *binding)
{
    Nsec granted = (Nsec)binding->granted * NSEC_SEC;
    Nsec needed = MIN(2 * TIMER_F, granted / 20);

    /* Who always comes late is late when he is later than that. */
    if (binding->least_left != NSEC_NONE && binding->least_left < 2 * needed)
        needed = binding->least_left / 2;
    return MIN(nsec_after(binding->until, -needed), habitual(binding, granted));
}
