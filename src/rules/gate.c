/*
 * Most attempts go well, and most rules have nothing to say about one that did.
 * So before a rule is asked, its constants are compared with what the chain
 * shows: that settles two thirds of all questions without a look at a message.
 */

#include "gate.h"

#include "rules/engine.h"

static const char *wanted_place(uint32_t vantage)
{
    if (vantage & REG_VANTAGE_MIDDLE)
        return "needs a capture on the path or beside the server";
    return vantage & REG_VANTAGE_SERVER ? "needs a capture beside the server"
                                        : "needs a capture beside the phone";
}

static bool is_cut(const SipMessage *message)
{
    return message != NULL && (message->anomalies & SIP_CUT_SHORT);
}

/* Of bytes that came twice and differ, and of headers that contradict each other, the first are
 * read here. Whoever wants to be misunderstood sends both. */
static bool is_twofold(const SipMessage *message)
{
    return message != NULL
           && ((message->meta.anomalies & NET_OVERLAP)
               || (message->anomalies & SIP_DUPLICATE_HEADER));
}

Shown shown_by(const RegChain *chain)
{
    Shown shown = { .failure = true };

    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);
        const SipMessage *answer = reg_step_answer(step);

        shown.answer |= answer != NULL && answer->status != 0;
        shown.failure = answer == NULL || answer->status / 100 != 2;
        shown.cut |= is_cut(reg_step_request(step)) || is_cut(answer);
        shown.twofold |= is_twofold(reg_step_request(step)) || is_twofold(answer);
    }
    return shown;
}

Gate gate_of(const Rule *rule, const RegChain *chain, const Shown *shown, const char **because)
{
    if (!(rule->vantage & chain->vantage))
        *because = wanted_place(rule->vantage);
    else if ((rule->needs & RULE_NEEDS_HEAD) && chain->head_cut)
        *because = "the capture does not hold the beginning of the attempt";
    else if ((rule->needs & RULE_NEEDS_ANSWER) && !shown->answer)
        return GATE_CLEAN;
    else if ((rule->needs & RULE_NEEDS_TAIL) && chain->tail_cut)
        *because = "the capture ends too early after the last message";
    else if ((rule->needs & RULE_NEEDS_WHOLE) && shown->cut)
        *because = "messages were cut by the snapshot length";
    else
        return (rule->needs & RULE_NEEDS_FAILURE) && !shown->failure ? GATE_CLEAN : GATE_OPEN;
    return GATE_SHUT;
}

RuleVerdict rule_abstain(Finding *finding, const char *because)
{
    finding->abstained_because = because;
    return RULE_ABSTAINS;
}

void rule_name_device(Finding *finding, const RegDevice *device, Nsec from, Nsec until)
{
    finding->device = device->id;
    finding->aor = device->aor[0] != '\0' ? g_strdup(device->aor) : NULL;
    if (finding->from == NSEC_NONE)
        finding->from = from;
    if (finding->until == NSEC_NONE)
        finding->until = until;
}

RuleVerdict rule_apply_chain(const Rule *rule, const RegChain *chain, Finding *finding)
{
    Shown shown = shown_by(chain);
    const char *because;

    switch (gate_of(rule, chain, &shown, &because)) {
    case GATE_OPEN:
        break;
    case GATE_CLEAN:
        return RULE_CLEAN;
    case GATE_SHUT:
        return rule_abstain(finding, because);
    }
    return rule->check_chain(chain, finding);
}

/* Where a device was seen is known only at the end, and often not at all. So a rule looks first,
 * and is not believed where it must not speak. */
RuleVerdict rule_apply_device(const Rule *rule, const RegDevice *device, Nsec now, Finding *finding)
{
    uint32_t known = device->vantage & ~(uint32_t)REG_VANTAGE_UNKNOWN;
    RuleVerdict verdict = rule->check_device(device, now, finding);

    if (verdict == RULE_FIRES && known != 0 && !(rule->vantage & known))
        return rule_abstain(finding, wanted_place(rule->vantage));
    return verdict;
}
