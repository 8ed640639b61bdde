/*
 * Request and answer between the places that saw them.
 */

#include "passage.h"

#include "facts.h"

/* T1, RFC 3261 section 17.1.1.1: clocks that agree to half of it do not confuse a
 * copy with the one before. */
#define AGREED (250 * NSEC_MSEC)

/* One copy may be lost anywhere. */
#define ENOUGH_COPIES 2

static bool looked_on(const RegChain *chain, uint32_t place)
{
    return (chain->looked_on & 1u << place) != 0;
}

/* The nearest hop to the server that has the request; NULL: none has. */
static const SipTxn *last_request(const RegStep *step)
{
    for (unsigned i = step->n_sightings; i-- > 0;) {
        if (step->sightings[i]->request != NULL)
            return step->sightings[i];
    }
    return NULL;
}

/* The hop nearest to the phone that has the answer. */
static const SipTxn *first_answer(const RegStep *step, unsigned *at)
{
    for (unsigned i = 0; i < step->n_sightings; i++) {
        if (step->sightings[i]->answer != NULL) {
            *at = i;
            return step->sightings[i];
        }
    }
    return NULL;
}

static void find_lost_answer(const RegChain *chain, const RegStep *step, Passage *passage)
{
    unsigned at = 0;
    const SipTxn *outside = first_answer(step, &at);
    const SipTxn *inside = at > 0 ? step->sightings[at - 1] : NULL;

    if (inside == NULL || inside->request == NULL || !looked_on(chain, inside->place))
        return;
    passage->end = PASSAGE_ANSWER_LOST;
    passage->inside = inside;
    passage->outside = outside;
    passage->outside_place = outside->place;
}

static void find_lost_request(const RegChain *chain, const RegStep *step, Passage *passage)
{
    const SipTxn *last = last_request(step);
    const SipTxn *first = reg_step_txn(step);

    if (last == NULL)
        return;
    passage->inside = last;
    for (uint32_t place = last->place + 1; place <= CAPTURE_PLACE_SERVER; place++) {
        if (last->place != CAPTURE_PLACE_UNSAID && looked_on(chain, place)) {
            passage->end = PASSAGE_REQUESTS_LOST;
            passage->outside_place = place;
            return;
        }
    }
    if (last == first || !looked_on(chain, last->place) || !looked_on(chain, first->place))
        return;
    passage->end = PASSAGE_NOT_ANSWERED;
    passage->inside = first;
    passage->outside = last;
    passage->outside_place = last->place;
}

/* Messages of this phone that both places saw, in one direction. */
static bool saw_others(const RegChain *chain, const Passage *passage, bool outward)
{
    for (unsigned i = 0; i < chain->n_rewrites; i++) {
        const RegRewrites *seen = chain->rewrites[i];

        if (seen->inside_place == passage->inside->place
            && seen->outside_place == passage->outside_place
            && seen->seen[outward][false][SIP_HEADER_OTHER]
                       + seen->seen[outward][true][SIP_HEADER_OTHER]
                   > 0)
            return true;
    }
    return false;
}

static bool is_certain(const RegChain *chain, const RegStep *step, const Passage *passage)
{
    bool clocks_agree = chain->clock_uncertainty != NSEC_NONE && chain->clock_uncertainty < AGREED;
    bool outward = passage->end == PASSAGE_REQUESTS_LOST;

    return clocks_agree && chain_loss(chain) == NULL && passage->inside->hop.transport == NET_UDP
           && reg_step_copies(step) >= ENOUGH_COPIES && saw_others(chain, passage, outward);
}

Passage passage_of(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);
    Passage passage = { .end = PASSAGE_OPEN };

    if (reg_step_answer(last) != NULL)
        find_lost_answer(chain, last, &passage);
    else
        find_lost_request(chain, last, &passage);
    passage.certain = passage.end != PASSAGE_OPEN && is_certain(chain, last, &passage);
    return passage;
}

static const char *outer_name(const Passage *passage)
{
    return passage->outside_place == CAPTURE_PLACE_SERVER ? "the capture beside the server"
                                                          : "the outer capture";
}

static const char *inner_name(const SipTxn *inside)
{
    switch ((CapturePlace)inside->place) {
    case CAPTURE_PLACE_CLIENT:
        return "the one beside the phone";
    case CAPTURE_PLACE_UNSAID:
        return "the inner side";
    case CAPTURE_PLACE_MIDDLE:
    case CAPTURE_PLACE_SERVER:
        break;
    }
    return "the inner one";
}

static unsigned requests_at(const SipTxn *txn)
{
    return (txn->request != NULL) + txn->request_copies;
}

char *passage_text(const Passage *passage)
{
    const SipTxn *inside = passage->inside, *outside = passage->outside;
    char clock[NSEC_TEXT];

    switch (passage->end) {
    case PASSAGE_OPEN:
        break;
    case PASSAGE_REQUESTS_LOST:
        return g_strdup_printf("none of the %u requests reached %s, which looked on",
                               requests_at(inside), outer_name(passage));
    case PASSAGE_ANSWER_LOST:
        return g_strdup_printf(
            "the %u passed %s at %s and never reached %s", outside->answer->status,
            inside->place == outside->place ? "the outer side" : outer_name(passage),
            nsec_to_clock(outside->answered, clock), inner_name(inside));
    case PASSAGE_NOT_ANSWERED:
        return g_strdup_printf("%u of the %u requests reached %s, and no answer came back there",
                               requests_at(outside), requests_at(inside),
                               inside->place == outside->place ? "the outer side"
                                                               : outer_name(passage));
    }
    return NULL;
}

void passage_cite(Finding *finding, const Passage *passage)
{
    const SipTxn *outside = passage->outside;

    switch (passage->end) {
    case PASSAGE_ANSWER_LOST:
        finding_cite_message(finding, "answer outside", outside->answer, "the same inside");
        break;
    case PASSAGE_NOT_ANSWERED:
        finding_cite_message(finding, "request outside", outside->request, "an answer");
        break;
    case PASSAGE_REQUESTS_LOST:
    case PASSAGE_OPEN:
        break;
    }
}

unsigned passage_copies_after(const Passage *passage)
{
    const SipTxn *inside = passage->inside;
    unsigned n = 0;

    if (passage->end != PASSAGE_ANSWER_LOST)
        return 0;
    for (unsigned i = 0; i < MIN(inside->request_copies, SIP_TXN_COPIES); i++)
        n += inside->copy_times[i] > passage->outside->answered;
    return n;
}
