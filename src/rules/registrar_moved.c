/*
 * The registrar lives somewhere else now.
 *
 * Its name points to another address since the last time, and the device went
 * on with the one that it knew: until it gives up and asks the name server
 * again, its requests go into the void.
 */

#include "below.h"
#include "lapses.h"

static void cite(Finding *finding, const char *name, CaptureRef ref, Nsec time, const char *what,
                 const NetEndpoint *server, const char *expected)
{
    char text[NET_ENDPOINT_TEXT];
    g_autofree char *seen = g_strdup_printf("%s %s", what, net_endpoint_to_text(server, text));

    if (ref.frame != 0)
        finding_cite(finding, name, ref, time, str_of(seen), expected);
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegServerMove *move = device->life != NULL ? device->life->server_move : NULL;
    char who[NET_ENDPOINT_TEXT], old[NET_ENDPOINT_TEXT], new[NET_ENDPOINT_TEXT];
    char worked[NSEC_TEXT], silent[NSEC_TEXT], moved[NSEC_TEXT];

    if (move == NULL || move->silent <= move->worked || move->moved <= move->silent)
        return RULE_CLEAN;
    if (lapse_loss(device) != NULL)
        return rule_abstain(finding, lapse_loss(device));

    finding_say(finding,
                "the registrar of %s answered at %s until %s, was silent there from %s on, and "
                "answers at %s since %s",
                below_who(device, who), net_endpoint_to_text(&move->from, old),
                nsec_to_clock(move->worked, worked), nsec_to_clock(move->silent, silent),
                net_endpoint_to_text(&move->to, new), nsec_to_clock(move->moved, moved));
    cite(finding, "last answer there", move->worked_ref, move->worked, "200 OK from", &move->from,
         NULL);
    cite(finding, "silence", move->silent_ref, move->silent, "REGISTER to", &move->from,
         "an answer");
    cite(finding, "first answer here", move->moved_ref, move->moved, "200 OK from", &move->to,
         NULL);
    finding_reject(finding, "register_unanswered", "the device found a registrar that answers");
    finding_grade(finding, FINDING_STRONG,
                  "The DNS records of the registrar's name at that time, and their TTL; whether "
                  "the old server was switched off or only out of reach.");
    finding->from = move->silent;
    finding->until = move->moved;
    return RULE_FIRES;
}

const Rule rule_registrar_moved = {
    .id = "registrar_moved",
    .area = "life",
    .title = "The registrar has another address now",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_CLIENT,
    .absence = true,
    .meaning = "The device was registered at one address. That address fell silent, and after a "
               "time without registration the device was accepted at another one.",
    .advice = "Shorten the TTL of the registrar's DNS records before it moves, and keep the old "
              "address alive until that time is over. Give the device several servers by SRV "
              "records, and see that it asks the name server again when nobody answers.",
    .confusion = "A device that goes to a second server at once, when the first one is down for a "
                 "moment: then the first one answers again later.",
    .should = "A device that gets no answer tries the next server of the domain, and asks the "
              "name server again when the TTL is over (RFC 3263 sections 4.2 and 4.3).",
    .seen = {
        .client = "200 from one address, then requests to it without an answer, then 200 from "
                  "another one.",
        .middle = "The same, where both addresses lie beyond this point.",
        .server = "Only a part of it. At the old address nothing comes, or nothing is answered; "
                  "at the new one the phone turns up late.",
    },
    .fix = {
        .phone = "Name the registrar by its domain, not by its address, and let the device use "
                 "SRV records. A restart makes it ask the name server again.",
        .router = "See whether the DNS cache of the router keeps records longer than their TTL.",
        .asterisk = "Keep a transport on the old address until the TTL is over.",
        .kamailio = "Keep a listen= for the old address until the TTL is over.",
    },
    .reference = "RFC 3263 sections 4.2 and 4.3",
    .check_device = check,
};
