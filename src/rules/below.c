/*
 * What the rules about failures below SIP have in common.
 */

#include "below.h"

#include <stdio.h>

const char *below_who(const RegDevice *device, char text[NET_ENDPOINT_TEXT])
{
    if (device->aor[0] != '\0')
        return device->aor;
    if (device->n_addresses == 0)
        return "a device without a name";
    return net_endpoint_to_text(&device->addresses[device->n_addresses - 1], text);
}

bool below_was_bound(const RegDevice *device, Nsec from, Nsec until, Nsec now)
{
    Nsec end = until != NSEC_NONE ? until : now;

    for (unsigned i = 0; i < device->n_bindings; i++) {
        const RegBinding *binding = &device->bindings[i];

        if (binding->since <= from && binding->until >= end)
            return true;
    }
    return until == NSEC_NONE && reg_device_state(device, now) == REG_STATE_REGISTERED;
}

const char *below_loss(uint32_t losses)
{
    static const struct {
        RegLoss kind;
        const char *because;
    } reasons[] = {
        { REG_LOSS_DROPS, "the capture dropped packets at that time" },
        { REG_LOSS_TRUNCATED, "frames were cut by the snapshot length at that time" },
        { REG_LOSS_GAP, "bytes of a TCP stream are missing at that time" },
        { REG_LOSS_FRAGMENTS, "IP fragments are missing at that time" },
        { REG_LOSS_CLOCK, "the clock of the capture was set at that time" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (losses & reasons[i].kind)
            return reasons[i].because;
    }
    return NULL;
}

const char *below_times(uint64_t n, char text[BELOW_TIMES])
{
    if (n == 1)
        return "once";
    snprintf(text, BELOW_TIMES, "%" G_GUINT64_FORMAT " times", n);
    return text;
}

const RegStep *below_unanswered(const RegChain *chain, const RegIcmp *icmp)
{
    const RegStep *last = reg_chain_last_step(chain);

    if (icmp->seen.count == 0 || reg_step_status(last) != 0 || reg_step_request(last) == NULL)
        return NULL;
    return icmp->seen.last_time >= reg_step_txn(last)->opened ? last : NULL;
}

void below_cite_icmp(Finding *finding, const RegIcmp *icmp)
{
    char reporter[NET_ENDPOINT_TEXT];
    g_autofree char *seen = g_strdup_printf(
        "ICMP%s type %u code %u (%s) from %s", icmp->reporter.version == 6 ? "v6" : "", icmp->type,
        icmp->code, reg_icmp_name(icmp), net_addr_to_text(&icmp->reporter, reporter));

    finding_cite(finding, "ICMP error", icmp->seen.first, icmp->seen.first_time, str_of(seen),
                 "an answer of the server");
}
