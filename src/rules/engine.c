/*
 * The engine asks every rule about every subject, keeps what they find and
 * folds what they find again.
 *
 * It also does what no rule should do for itself: it abstains for a rule where
 * the capture was taken at the wrong place or shows too little, it silences an
 * umbrella where a narrower rule has spoken, and it keeps the accounts that a
 * scanner tries out of the diagnosis of devices.
 */

#include "rules/engine.h"

#include "base/hash.h"
#include "gate.h"

/* A capture in which more different things are wrong is not read to its end by
 * anybody; what goes is counted. */
#define MAX_FINDINGS 65536

typedef struct Key {
    const Rule *rule;
    uint64_t device;
    uint64_t subject; /* tells captures and sources apart; 0 for a device */
} Key;

typedef struct Entry {
    CacheItem item;
    Key key;
    Finding *finding;
} Entry;

struct RuleEngine {
    const Rule *const *table;
    RuleSink sink;
    GArray *abstentions;
    Cache *found;
    GHashTable *scanners;  /* ids of devices that are a scanner's; uint64_t */
    GPtrArray *ordered;    /* after rule_engine_finish(); Finding, borrowed */
    RuleVerdict *verdicts; /* of the newest chain, by rule */
    unsigned *of_chains;   /* places in the table of those that look at chains */
    unsigned n_of_chains;
    GPtrArray *fired; /* on the chain at hand; empty in between */
    Finding *blank;   /* for the next rule to write into; most have nothing to say */
    uint32_t source;  /* who could have made up the subject in hand ... */
    bool proven;      /* ... and whether nobody can have */
    bool drops;       /* a capture says that it dropped packets */
};

static uint64_t key_hash(const void *key)
{
    const Key *k = key;

    return hash_mix(hash_mix((uint64_t)(uintptr_t)k->rule, k->device), k->subject);
}

static bool key_equal(const void *a, const void *b)
{
    const Key *x = a, *y = b;

    return x->rule == y->rule && x->device == y->device && x->subject == y->subject;
}

static void drop_entry(void *item, CacheDrop why, void *user)
{
    Entry *entry = item;

    finding_free(entry->finding);
    g_free(entry);
}

RuleEngine *rule_engine_new(const Rule *const *table, const RuleSink *sink)
{
    RuleEngine *engine = g_new0(RuleEngine, 1);
    unsigned n = 0;

    while (table[n] != NULL)
        n++;
    engine->table = table;
    engine->sink = *sink;
    engine->verdicts = g_new0(RuleVerdict, n + 1);
    engine->of_chains = g_new0(unsigned, n + 1);
    for (unsigned i = 0; i < n; i++) {
        if (table[i]->check_chain != NULL)
            engine->of_chains[engine->n_of_chains++] = i;
    }
    engine->fired = g_ptr_array_new();
    engine->abstentions = g_array_new(false, false, sizeof(RuleAbstention));
    engine->scanners = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    engine->ordered = g_ptr_array_new();
    engine->found = cache_new(&(CacheConfig){
        .name = "rules.findings",
        .max_items = MAX_FINDINGS,
        .hash = key_hash,
        .equal = key_equal,
        .drop = drop_entry,
    });
    return engine;
}

void rule_engine_limit(RuleEngine *engine, size_t max_bytes)
{
    cache_limit(engine->found, max_bytes);
}

void rule_engine_free(RuleEngine *engine)
{
    if (engine == NULL)
        return;
    g_ptr_array_unref(engine->ordered);
    g_ptr_array_unref(engine->fired);
    g_free(engine->of_chains);
    g_hash_table_unref(engine->scanners);
    g_array_unref(engine->abstentions);
    cache_free(engine->found);
    g_free(engine->verdicts);
    finding_free(engine->blank);
    g_free(engine);
}

static void count_abstention(RuleEngine *engine, const Rule *rule, const char *because)
{
    const char *reason = because != NULL ? because : "the capture does not show enough";

    for (unsigned i = 0; i < engine->abstentions->len; i++) {
        RuleAbstention *known = &g_array_index(engine->abstentions, RuleAbstention, i);

        if (known->rule == rule
            && (known->because == reason || strcmp(known->because, reason) == 0)) {
            known->times++;
            return;
        }
    }
    g_array_append_val(engine->abstentions, ((RuleAbstention){ rule, reason, 1 }));
}

static Finding *take_blank(RuleEngine *engine, const Rule *rule)
{
    Finding *finding = g_steal_pointer(&engine->blank);

    if (finding == NULL)
        return finding_new(rule);
    finding_reset(finding, rule);
    return finding;
}

/* The finding of a rule that fired; any other is kept for the next rule. */
static Finding *take_verdict(RuleEngine *engine, unsigned index, RuleVerdict verdict,
                             Finding *finding)
{
    switch (verdict) {
    case RULE_FIRES:
        return finding;
    case RULE_ABSTAINS:
        count_abstention(engine, engine->table[index], finding->abstained_because);
        break;
    case RULE_CLEAN:
        break;
    }
    engine->blank = finding;
    return NULL;
}

static bool is_named(const char *const *ids, const char *id)
{
    for (unsigned i = 0; ids != NULL && ids[i] != NULL; i++) {
        if (strcmp(ids[i], id) == 0)
            return true;
    }
    return false;
}

/* Whether a narrower rule fired on the same chain. */
static bool is_silenced(const GPtrArray *fired, const Finding *umbrella)
{
    for (unsigned i = 0; i < fired->len; i++) {
        const Finding *other = g_ptr_array_index(fired, i);

        if (is_named(umbrella->rule->silenced_by, other->rule->id))
            return true;
    }
    return false;
}

/* The facts of the first time stay, until others prove more; what came later
 * is counted. What is told of a growing record is told best by the last. */
static void fold(Finding *known, Finding *again)
{
    uint32_t count = known->count + again->count;
    Nsec from = MIN(known->from, again->from);
    Nsec until = MAX(known->until, again->until);

    if (again->grade > known->grade || (again->rewrites != NULL && again->grade == known->grade)) {
        Finding weaker = *known;

        *known = *again;
        *again = weaker;
    }
    known->count = count;
    known->from = from;
    known->until = until;
    finding_free(again);
}

/* True when it is the first of its kind. */
static bool keep(RuleEngine *engine, Finding *finding, uint64_t subject)
{
    Key key = { finding->rule, finding->device, subject };
    Entry *entry = cache_get(engine->found, &key, finding->until);

    if (entry != NULL) {
        fold(entry->finding, finding);
        if (engine->proven)
            cache_prove(engine->found, entry);
        return false;
    }
    entry = g_new0(Entry, 1);
    entry->key = key;
    entry->finding = finding;
    cache_admit(engine->found, entry, &entry->key, sizeof(Entry) + finding_bytes(finding),
                finding->until, engine->source);
    if (engine->proven)
        cache_prove(engine->found, entry);
    if (engine->sink.finding != NULL)
        engine->sink.finding(finding, engine->sink.user);
    return true;
}

/* Asks one rule that may look; what it finds is among those that fired. */
static RuleVerdict ask(RuleEngine *engine, unsigned index, const RegChain *chain)
{
    const Rule *rule = engine->table[index];
    Finding *finding = take_blank(engine, rule);
    RuleVerdict verdict = rule->check_chain(chain, finding);

    finding = take_verdict(engine, index, verdict, finding);
    if (finding != NULL)
        g_ptr_array_add(engine->fired, finding);
    return verdict;
}

static RuleVerdict shut_out(RuleEngine *engine, unsigned index, const char *because)
{
    count_abstention(engine, engine->table[index], because);
    return RULE_ABSTAINS;
}

/* What is found on devices that never got in may be a flood's, and must not push out the rest. */
static void look_at_device(RuleEngine *engine, const RegDevice *device)
{
    unsigned n = device->n_public_addresses;

    engine->proven = device->last_accepted != NSEC_NONE;
    engine->source = n > 0 ? net_addr_group(&device->public_addresses[n - 1].addr)
                     : device->n_addresses > 0 ? net_addr_group(&device->addresses[0].addr)
                                               : 0;
}

static void ask_all(RuleEngine *engine, const RegChain *chain, const Shown *shown)
{
    const char *because;

    for (unsigned i = 0; i < engine->n_of_chains; i++) {
        unsigned index = engine->of_chains[i];
        RuleVerdict *verdict = &engine->verdicts[index];

        switch (gate_of(engine->table[index], chain, shown, &because)) {
        case GATE_OPEN:
            *verdict = ask(engine, index, chain);
            break;
        case GATE_CLEAN:
            *verdict = RULE_CLEAN;
            break;
        case GATE_SHUT:
            *verdict = shut_out(engine, index, because);
            break;
        }
    }
}

static void prepare(const GPtrArray *fired, const RegChain *chain, bool twofold)
{
    for (unsigned i = 0; i < fired->len; i++) {
        Finding *finding = g_ptr_array_index(fired, i);

        rule_name_device(finding, chain->device, chain->opened, chain->last);
        finding->silenced = is_silenced(fired, finding);
        if (twofold && finding->grade == FINDING_PROVEN)
            finding_grade(finding, FINDING_STRONG,
                          "The log of whoever received it: a part of a message came twice and "
                          "differs, and the first is what is read here.");
    }
}

bool rule_engine_chain(RuleEngine *engine, const RegChain *chain)
{
    GPtrArray *fired = engine->fired;
    bool cited = false;

    if (chain->device->scanner)
        return false;

    Shown shown = shown_by(chain);

    look_at_device(engine, chain->device);
    ask_all(engine, chain, &shown);
    prepare(fired, chain, shown.twofold);
    if (engine->sink.chain != NULL)
        engine->sink.chain(chain, engine->verdicts, fired, engine->sink.user);
    for (unsigned i = 0; i < fired->len; i++) {
        Finding *finding = g_ptr_array_index(fired, i);

        if (finding->silenced)
            finding_free(finding);
        else if (keep(engine, finding, 0) && finding->rule->severity != FINDING_NOTE)
            cited = true;
    }
    if (fired->len > 0)
        g_ptr_array_set_size(fired, 0);
    return cited;
}

void rule_engine_device(RuleEngine *engine, const RegDevice *device, Nsec now)
{
    if (device->scanner) {
        g_hash_table_add(engine->scanners, g_memdup2(&device->id, sizeof(device->id)));
        return;
    }
    look_at_device(engine, device);
    for (unsigned i = 0; engine->table[i] != NULL; i++) {
        const Rule *rule = engine->table[i];

        if (rule->check_device == NULL)
            continue;

        Finding *finding = take_blank(engine, rule);

        finding = take_verdict(engine, i, rule_apply_device(rule, device, now, finding), finding);
        if (finding != NULL) {
            rule_name_device(finding, device, device->first_seen, device->last_seen);
            keep(engine, finding, 0);
        }
    }
}

uint64_t rule_site_key(const RegSite *site)
{
    switch (site->kind) {
    case REG_SITE_CAPTURE:
        break;
    case REG_SITE_SOURCE:
        return net_addr_hash(&site->source->addr);
    case REG_SITE_NAT:
        return hash_mix(
            hash_mix(net_addr_hash(&site->nat->address), net_addr_hash(&site->nat->server)),
            site->nat->transport);
    case REG_SITE_CROWD: /* each time is another story */
        return hash_mix(
            hash_mix(net_endpoint_hash(&site->crowd->server), net_addr_hash(&site->crowd->address)),
            (uint64_t)site->crowd->failures.first_time);
    }
    return hash_str(str_of(site->capture->info->path));
}

static bool has_drops(const CaptureInfo *info)
{
    return info->dropped_kernel > 0 || info->dropped_interface > 0;
}

void rule_engine_site(RuleEngine *engine, const RegSite *site)
{
    if (site->kind == REG_SITE_CAPTURE && has_drops(site->capture->info))
        engine->drops = true;
    engine->proven = site->kind != REG_SITE_SOURCE;
    engine->source = 0;
    for (unsigned i = 0; engine->table[i] != NULL; i++) {
        const Rule *rule = engine->table[i];

        if (rule->check_site == NULL)
            continue;

        Finding *finding = take_blank(engine, rule);

        finding = take_verdict(engine, i, rule->check_site(site, finding), finding);
        if (finding != NULL)
            keep(engine, finding, rule_site_key(site));
    }
}

static void collect(void *item, void *user)
{
    const Entry *entry = item;
    RuleEngine *engine = user;

    if (!g_hash_table_contains(engine->scanners, &entry->finding->device))
        g_ptr_array_add(engine->ordered, entry->finding);
}

static void weaken(Finding *finding)
{
    if (!finding->rule->absence || finding->grade == FINDING_WEAK)
        return;
    finding_grade(finding, FINDING_WEAK,
                  "The capture says that it dropped packets: take it again with a larger buffer "
                  "(tcpdump -B 65536).");
}

static int by_device(const void *a, const void *b)
{
    const Finding *x = *(Finding *const *)a, *y = *(Finding *const *)b;

    return x->device != y->device ? (x->device < y->device ? -1 : 1) : finding_compare(x, y);
}

static int by_report_order(const void *a, const void *b)
{
    return finding_compare(*(Finding *const *)a, *(Finding *const *)b);
}

bool rule_explains(const Finding *narrower, const Finding *umbrella)
{
    return is_named(umbrella->rule->silenced_by, narrower->rule->id)
           && narrower->from <= umbrella->until && umbrella->from <= narrower->until;
}

/* Whether another finding on the same device explains an umbrella; 'sorted'
 * has the findings of one device side by side. */
static bool is_explained(const GPtrArray *sorted, unsigned at)
{
    const Finding *umbrella = g_ptr_array_index(sorted, at);
    unsigned first = at;

    if (umbrella->rule->silenced_by == NULL || umbrella->device == 0)
        return false;
    while (first > 0
           && ((const Finding *)g_ptr_array_index(sorted, first - 1))->device == umbrella->device)
        first--;
    for (unsigned i = first; i < sorted->len; i++) {
        const Finding *other = g_ptr_array_index(sorted, i);

        if (other->device != umbrella->device)
            break;
        if (rule_explains(other, umbrella))
            return true;
    }
    return false;
}

void rule_engine_finish(RuleEngine *engine)
{
    g_autoptr(GPtrArray) all = NULL;

    g_ptr_array_set_size(engine->ordered, 0);
    cache_each(engine->found, collect, engine);
    g_ptr_array_sort(engine->ordered, by_device);
    all = engine->ordered;
    engine->ordered = g_ptr_array_new();
    for (unsigned i = 0; i < all->len; i++) {
        Finding *finding = g_ptr_array_index(all, i);

        if (is_explained(all, i))
            continue;
        if (engine->drops)
            weaken(finding);
        g_ptr_array_add(engine->ordered, finding);
    }
    g_ptr_array_sort(engine->ordered, by_report_order);
}

const GPtrArray *rule_engine_findings(const RuleEngine *engine)
{
    return engine->ordered;
}

CacheStats rule_engine_table(const RuleEngine *engine)
{
    return cache_stats(engine->found);
}

static int by_rule(const void *a, const void *b)
{
    const RuleAbstention *x = a, *y = b;
    int order = strcmp(x->rule->id, y->rule->id);

    return order != 0 ? order : strcmp(x->because, y->because);
}

const GArray *rule_engine_abstentions(RuleEngine *engine)
{
    g_array_sort(engine->abstentions, by_rule);
    return engine->abstentions;
}

const Rule *rule_find(const char *id)
{
    for (unsigned i = 0; rule_table[i] != NULL; i++) {
        if (strcmp(rule_table[i]->id, id) == 0)
            return rule_table[i];
    }
    return NULL;
}
