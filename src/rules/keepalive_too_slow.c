/*
 * Nothing passes for longer than the NAT waits.
 *
 * The mapping of a phone lives on traffic: REGISTERs, answers, keep-alives. When
 * the longest silence between two packets is longer than the NAT keeps a
 * mapping, the phone cannot be reached in the rest of it, at every renewal
 * again. What this NAT has shown counts first. Where it has shown nothing, what
 * others do is a reason to look, and no more.
 */

#include "below.h"
#include "mapping.h"

static const char *const narrower[] = { "nat_mapping_expired", NULL };

/* What speaks against the silence. */
typedef enum Ground {
    GROUND_NONE,
    GROUND_MEASURED, /* this NAT forgot mappings after such silences */
    GROUND_ONCE,     /* it did so once */
    GROUND_LIKELY,   /* most NATs do */
} Ground;

static Ground ground_of(const RegNat *nat, Nsec silence)
{
    Nsec survived = nat->bounds[REG_NAT_STREAM].alive, once = nat->bounds[REG_NAT_FRESH].dead_once;
    Nsec at_least, at_most;

    if (survived != NSEC_NONE && silence <= survived)
        return GROUND_NONE;
    if (reg_nat_bounds(nat, REG_NAT_STREAM, &at_least, &at_most) && at_most != NSEC_NONE
        && silence >= at_most)
        return GROUND_MEASURED;
    if (reg_nat_range(nat, &at_least, &at_most) && at_most != NSEC_NONE && silence >= at_most)
        return GROUND_MEASURED;
    /* The two are not measured from the same packet to the same packet. */
    if (once != NSEC_NONE && silence >= once - NSEC_SEC)
        return GROUND_ONCE;
    if (nat->transport == NET_UDP && reg_nat_survival(nat, REG_NAT_STREAM, silence) < 0.5)
        return GROUND_LIKELY;
    return GROUND_NONE;
}

/* A request that got through shows that the silence before it did no harm. */
static bool was_reached_after(const RegLife *life, Nsec silence)
{
    const RegInbound *answered = life->answered;

    return answered != NULL && answered->unheard != NSEC_NONE
           && answered->unheard >= silence / 10 * 9;
}

/* Whether packets from outside keep a mapping is up to the NAT (RFC 4787 section 4.3). */
static bool hangs_on_server(const RegTraffic *traffic)
{
    return traffic->server_only && traffic->longest_unheard != NSEC_NONE
           && traffic->longest_unheard > traffic->longest;
}

static char *silence_text(const RegDevice *device, Nsec silence)
{
    char who[NET_ENDPOINT_TEXT], address[NET_ENDPOINT_TEXT], span[NSEC_TEXT];

    nsec_to_span(silence, span);
    net_addr_to_text(&device->life->nat->address, address);
    if (hangs_on_server(&device->life->traffic))
        return g_strdup_printf(
            "behind the NAT at %s %s sent nothing for up to %s while it was "
            "registered, and whether the server's packets count is up to the NAT",
            address, below_who(device, who), span);
    return g_strdup_printf(
        "behind the NAT at %s nothing passed from or to %s for up to %s while it "
        "was registered",
        address, below_who(device, who), span);
}

static void say(const RegDevice *device, Ground ground, Nsec silence, Finding *finding)
{
    const RegNat *nat = device->life->nat;
    g_autofree char *silent = silence_text(device, silence);
    char from[NSEC_TEXT], until[NSEC_TEXT], span[NSEC_TEXT];
    Nsec least, most;

    if (ground == GROUND_LIKELY) {
        reg_nat_likely(nat, REG_NAT_STREAM, &least, &most);
        finding_say(
            finding,
            "%s; NATs keep a UDP mapping for %s to %s as a rule, and more than half of them "
            "for less than %s: it may not be reachable at the end of such a silence",
            silent, nsec_to_span(least, from), nsec_to_span(most, until),
            nsec_to_span(silence, span));
        return;
    }
    nsec_to_span(nat->bounds[REG_NAT_FRESH].dead_once, until);
    finding_say(finding,
                "%s; this NAT has forgotten a mapping after %s%s: it may not be reachable at the "
                "end of such a silence",
                silent, until, ground == GROUND_ONCE ? ", once" : " or less, more than once");
}

static void cite(const RegDevice *device, Finding *finding)
{
    const RegTraffic *traffic = &device->life->traffic;
    const RegBinding *binding =
        device->n_bindings > 0 ? &device->bindings[device->n_bindings - 1] : NULL;
    char span[NSEC_TEXT];
    g_autofree char *silence =
        g_strdup_printf("the first packet after %s", nsec_to_span(traffic->longest, span));

    for (unsigned i = 0; i < device->n_bindings; i++) {
        if (device->bindings[i].since <= traffic->longest_from)
            binding = &device->bindings[i];
    }
    if (binding != NULL && binding->made_by.frame != 0) {
        g_autofree char *granted = g_strdup_printf("granted for %u s", binding->granted);

        finding_cite(finding, "registration", binding->made_by, binding->since, str_of(granted),
                     NULL);
    }
    if (traffic->longest_ref.frame != 0)
        finding_cite(finding, "end of the silence", traffic->longest_ref,
                     nsec_after(traffic->longest_from, traffic->longest), str_of(silence), NULL);
}

static FindingGrade grade_of(const RegLife *life, Ground ground)
{
    if (ground == GROUND_MEASURED || (ground == GROUND_ONCE && life->n_mapping_moves > 0))
        return FINDING_STRONG;
    return FINDING_WEAK;
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegLife *life = device->life;
    Ground ground;
    Nsec silence;

    if (life == NULL || life->nat == NULL || life->traffic.longest == NSEC_NONE)
        return RULE_CLEAN;
    silence =
        hangs_on_server(&life->traffic) ? life->traffic.longest_unheard : life->traffic.longest;
    ground = was_reached_after(life, silence) ? GROUND_NONE : ground_of(life->nat, silence);
    if (ground == GROUND_NONE)
        return RULE_CLEAN;
    if (below_loss(device->losses) != NULL)
        return rule_abstain(finding, below_loss(device->losses));

    cite(device, finding);
    if (finding->facts->len == 0)
        return rule_abstain(finding, "the capture does not hold the registration");
    say(device, ground, silence, finding);
    mapping_advise(finding, device,
                   ground == GROUND_LIKELY ? NSEC_NONE
                                           : life->nat->bounds[REG_NAT_FRESH].dead_once);
    finding_grade(finding, grade_of(life, ground),
                  "A capture on the path or beside the server: whether requests for the device are "
                  "answered at the end of such a silence.");
    finding->from = device->first_seen;
    finding->until = device->last_seen;
    return RULE_FIRES;
}

const Rule rule_keepalive_too_slow = {
    .id = "keepalive_too_slow",
    .area = "life",
    .title = "More silence than the NAT is likely to bear",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .absence = true,
    .silenced_by = narrower,
    .meaning =
        "Between two packets of a registered phone behind a NAT there was more time than its "
        "NAT is known, or likely, to keep a mapping. When it forgets, nobody can call the "
        "phone until it sends something itself.",
    .advice = "Let the phone or the server send something every 25 s.",
    .confusion = "A NAT that has shown that it bears such a silence, a Linux SIP helper (an hour) "
                 "and TCP connections with usual timeouts are no reason for it.",
    .should = "The longest silence on the path is shorter than the NAT's memory (RFC 5626 section "
              "4.4.2 asks for one every 24 to 29 s over UDP).",
    .seen = {
        .client = "How long nothing passes between two packets of the phone.",
        .middle = "The same.",
        .server = "The same; requests after such a silence show whether the mapping still stood.",
    },
    .fix = {
        .phone = "NAT keep-alive every 25 s.",
        .router = "Longer UDP timeouts.",
        .asterisk = "aor: qualify_frequency=25.",
        .kamailio = "nathelper: natping_interval=25.",
    },
    .reference = "RFC 4787 section 4.3; RFC 5626 section 4.4; RFC 6223",
    .check_device = check,
};
