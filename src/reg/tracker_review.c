/*
 * Devices as they stand while the capture goes on.
 *
 * A report at the end finishes the records first: what ran out is marked, what
 * was not watched is known. Here that is done on a copy, so that a look changes
 * nothing: the report at the end says the same, however often somebody looked.
 */

#include "reg/review.h"

#include "lives.h"
#include "state.h"

/* A record and what it points to that a look has to change. */
typedef struct View {
    RegDevice device;
    RegBinding bindings[DEVICE_BINDINGS];
} View;

/* What packets of this device may be among those that the capture lacks. A gap in a stream is
 * none of a phone that sends datagrams, and a message that was cut was seen. */
static uint32_t may_hide(const RegDevice *device)
{
    uint32_t kinds = REG_LOSS_DROPS | REG_LOSS_FORGOTTEN | REG_LOSS_CLOCK | REG_LOSS_ONE_WAY;

    return kinds | (device->transport == NET_UDP ? REG_LOSS_FRAGMENTS : REG_LOSS_GAP);
}

/* Since when nothing is known of it but what its newest attempt tells. */
static Nsec told_until(const Device *device)
{
    const RegDevice *public = &device->public;
    Nsec time = MAX(public->first_seen, public->last_accepted);

    if (public->n_attempts_kept > 0)
        time = MAX(time, public->attempts[public->n_attempts_kept - 1]->opened);
    return device->open != NULL ? MAX(time, device->open->public.opened) : time;
}

static bool was_ever_answered(const Device *device)
{
    const RegDevice *public = &device->public;

    if (public->n_accepted + public->n_refused > 0 || public->last_accepted != NSEC_NONE)
        return true;
    if (device->life != NULL && device->life->server.heard != NSEC_NONE)
        return true;
    for (unsigned i = 0; i < public->n_attempts_kept; i++) {
        if (public->attempts[i]->steps[0].status != 0)
            return true;
    }
    return device->open != NULL && reg_step_status(reg_chain_step(&device->open->public, 0)) != 0;
}

/* A server of which no answer was seen, to nobody: perhaps this capture has none. */
static bool is_one_way(const RegTracker *tracker, const Device *device)
{
    const Flow *flow = device->hops[0];

    if (flow == NULL)
        return false;

    NetFlow hop = { .src = flow->end.device,
                    .dst = flow->server,
                    .transport = flow->end.transport };

    return sites_one_way(tracker->sites, &hop)
           || (!was_ever_answered(device)
               && !sites_server_answers_others(tracker->sites, &hop, device->public.first_seen));
}

static uint32_t hidden_from(const RegTracker *tracker, const Device *device)
{
    uint32_t losses = ledger_between(&tracker->ledger, told_until(device), tracker->now);

    for (const Chain *chain = device->open; chain != NULL; chain = chain->next)
        losses |= chain->losses;
    if (is_one_way(tracker, device))
        losses |= REG_LOSS_ONE_WAY;
    return losses & may_hide(&device->public);
}

/* As binding_finish() does at the end. */
static void end_binding(const RegTracker *tracker, const Device *device, View *view, Nsec end)
{
    unsigned n = view->device.n_bindings;
    RegBinding *newest = n > 0 ? &view->bindings[n - 1] : NULL;

    if (newest == NULL || newest->end != REG_BINDING_OPEN || newest->until >= end)
        return;
    newest->end = tracker_end_of_time(tracker, device);
    newest->ended = newest->until;
}

static void set_view(const RegTracker *tracker, const Device *device, View *view)
{
    Nsec end = tracker_watched_until(tracker, device);

    view->device = device->public;
    if (device->bindings != NULL)
        memcpy(view->bindings, device->public.bindings,
               device->public.n_bindings * sizeof(RegBinding));
    view->device.bindings = view->bindings;
    view->device.unwatched = tracker->now - end;
    view->device.hidden = hidden_from(tracker, device);
    view->device.trying = device->open != NULL ? &device->open->public : NULL;
    view->device.scanner = tracker_is_scanned(tracker, device);
    end_binding(tracker, device, view, end);
}

/* The same trouble goes on: it began when it began. */
static void go_on(RegStanding *standing, const RegStanding *before)
{
    bool trouble =
        standing->condition == REG_CONDITION_DANGER || standing->condition == REG_CONDITION_LOST;

    if (trouble && standing->condition == before->condition && before->since < standing->since) {
        standing->since = before->since;
        standing->ref = before->ref;
    }
}

static void look_at(RegTracker *tracker, Review *review, RegVisit *visit, void *user)
{
    View view;

    set_view(tracker, review->device, &view);

    RegReview look = {
        .device = &view.device,
        .before = review->standing,
        .standing = reg_device_standing(&view.device, tracker->config.stability, tracker->now),
        .judged = review->judged,
    };

    go_on(&look.standing, &look.before);
    look.look_again = look.standing.look_again;
    visit(&look, user);
    agenda_stand(review, &look.standing);
    review->judged = look.judged;
    agenda_put(review, MAX(look.look_again, nsec_after(tracker->now, 1)));
}

unsigned reg_tracker_review(RegTracker *tracker, Nsec now, unsigned max, RegVisit *visit,
                            void *user)
{
    unsigned n = 0;

    if (tracker->agenda == NULL)
        return 0;
    tracker_see_time(tracker, now);
    for (Review *review; n < max && (review = agenda_take(tracker->agenda, tracker->now)); n++)
        look_at(tracker, review, visit, user);
    return n;
}

const uint64_t *reg_tracker_conditions(const RegTracker *tracker)
{
    return agenda_conditions(tracker->agenda);
}

void reg_tracker_review_sites(const RegTracker *tracker, const NetStats *net,
                              void (*visit)(const RegSite *site, void *user), void *user)
{
    sites_look(tracker->sites, net, visit, user);
    nats_each(tracker->nats, visit, user);
    crowds_look(tracker->crowds, tracker->sites, visit, user);
}
