/*
 * Who tries many accounts: an office behind one NAT, a gateway with several
 * lines, or somebody who guesses.
 *
 * An office and a gateway register some of theirs. A guesser registers none,
 * takes the registrar's bare address for the domain because it knows no other,
 * sends everything from one port and goes from one account to the next. All of
 * these together make a scan; each alone does not. Some tools give their name.
 */

#include "sources.h"

#include "base/hash.h"
#include "sip/value.h"

#define MAX_SOURCES 65536
#define MAX_ACCOUNTS 16
#define SCAN_ACCOUNTS 4
#define EXAMPLE_AORS 4
#define TEXT_MAX 128 /* bytes of a name: nobody reads more, and a table must stay small */

static const char *const tools[] = {
    "friendly-scanner", "sipvicious", "sipcli",       "sundayddr", "sip-scan", "smap",    "iwar",
    "sippts",           "pplsip",     "siparmyknife", "voipscan",  "vaxasip",  "fake-ua",
};

typedef struct Source {
    CacheItem item;
    RegSourceSite site;
    uint64_t *accounts; /* hashes */
    uint16_t port;
} Source;

struct Sources {
    Cache *sources;
};

static uint64_t addr_hash(const void *key)
{
    return net_addr_hash(key);
}

static bool addr_equal(const void *a, const void *b)
{
    return net_addr_equal(a, b);
}

static void drop_source(void *item, CacheDrop why, void *user)
{
    Source *source = item;

    g_free(source->accounts);
    g_free(source->site.user_agent);
    g_free(source->site.example_aors);
    g_free(source);
}

Sources *sources_new(void)
{
    Sources *sources = g_new0(Sources, 1);

    sources->sources = cache_new(&(CacheConfig){
        .name = "reg.sources",
        .max_items = MAX_SOURCES,
        .hash = addr_hash,
        .equal = addr_equal,
        .drop = drop_source,
    });
    return sources;
}

void sources_limit(Sources *sources, size_t max_bytes)
{
    cache_limit(sources->sources, max_bytes);
}

void sources_free(Sources *sources)
{
    if (sources == NULL)
        return;
    cache_free(sources->sources);
    g_free(sources);
}

static const char *tool_of(Str user_agent)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(tools); i++) {
        if (str_contains_nocase(user_agent, str_of(tools[i])))
            return tools[i];
    }
    return NULL;
}

static void add_account(Source *source, const char *aor)
{
    uint64_t hash = hash_str(str_of(aor));
    RegSourceSite *site = &source->site;

    for (uint64_t i = 0; i < site->accounts; i++) {
        if (source->accounts[i] == hash)
            return;
    }
    if (site->accounts == MAX_ACCOUNTS)
        return;
    source->accounts = g_renew(uint64_t, source->accounts, site->accounts + 1);
    source->accounts[site->accounts++] = hash;
    if (site->accounts <= EXAMPLE_AORS) {
        g_autofree char *before = site->example_aors;

        site->example_aors =
            g_strdup_printf("%s%s%.*s", before ? before : "", before ? ", " : "", TEXT_MAX, aor);
    }
}

/* The domain of the account is nothing but the address the packet went to. */
static bool domain_is_address(const SipMessage *request)
{
    SipNameAddr to = sip_name_addr_parse(sip_message_first(request, SIP_HEADER_TO));
    NetAddr addr;

    return net_addr_parse(to.uri.host, &addr)
           && net_addr_equal(&addr, &request->meta.flow.dst.addr);
}

static size_t size_of(const Source *source)
{
    const RegSourceSite *site = &source->site;

    return sizeof(Source) + site->accounts * sizeof(uint64_t)
           + (site->user_agent != NULL ? strlen(site->user_agent) : 0)
           + (site->example_aors != NULL ? strlen(site->example_aors) : 0);
}

static Source *add_source(Sources *sources, const SipMessage *request)
{
    Source *source = g_new0(Source, 1);
    Str user_agent = sip_message_first(request, SIP_HEADER_USER_AGENT);

    source->port = request->meta.flow.src.port;
    source->site.addr = request->meta.flow.src.addr;
    source->site.one_port = true;
    source->site.domain_is_address = true;
    source->site.user_agent = str_dup(str_first(user_agent, TEXT_MAX));
    source->site.tool = tool_of(user_agent);
    cache_admit(sources->sources, source, &source->site.addr, size_of(source), request->meta.time,
                net_addr_group(&source->site.addr));
    return source;
}

void sources_request(Sources *sources, const SipMessage *request, const char *aor)
{
    Source *source = cache_get(sources->sources, &request->meta.flow.src.addr, request->meta.time);

    if (source == NULL)
        source = add_source(sources, request);

    RegSourceSite *site = &source->site;

    site->requests++;
    if (site->accepted > 0)
        return; /* whose accounts are accepted is no scanner: the rest does not matter */
    if (request->meta.flow.src.port != source->port)
        site->one_port = false;
    if (!domain_is_address(request))
        site->domain_is_address = false;
    reg_fact_add(&site->seen, request->meta.ref, request->meta.time);
    add_account(source, aor);
}

void sources_answer(Sources *sources, const NetFlow *hop, uint16_t status)
{
    Source *source = cache_peek(sources->sources, &hop->src.addr);

    if (source == NULL)
        return;
    if (status / 100 == 2) {
        source->site.accepted++;
        cache_prove(sources->sources, source);
    } else {
        source->site.refused++;
    }
}

/* Private addresses are one's own house: whoever fails there is a device. */
static bool is_scanner(const RegSourceSite *site)
{
    if (site->accepted > 0)
        return false;
    if (site->tool != NULL)
        return true;
    /* Without any answer in the capture nobody knows that it was refused. */
    if (site->refused == 0)
        return false;
    return site->accounts >= SCAN_ACCOUNTS && site->one_port && site->domain_is_address
           && !net_addr_is_private(&site->addr);
}

bool sources_is_scanner(const Sources *sources, const NetAddr *addr)
{
    const Source *source = cache_peek(sources->sources, addr);

    return source != NULL && is_scanner(&source->site);
}

bool sources_registers(const Sources *sources, const NetAddr *addr)
{
    const Source *source = cache_peek(sources->sources, addr);

    return source != NULL && source->site.accepted > 0;
}

typedef struct Visitor {
    void (*visit)(const RegSite *site, void *user);
    void *user;
} Visitor;

static void visit_source(void *item, void *user)
{
    Source *source = item;
    const Visitor *visitor = user;

    if (source->site.accounts < 2 && source->site.tool == NULL)
        return;
    source->site.scanner = is_scanner(&source->site);
    visitor->visit(&(RegSite){ .kind = REG_SITE_SOURCE, .source = &source->site }, visitor->user);
}

void sources_each(const Sources *sources, void (*visit)(const RegSite *site, void *user),
                  void *user)
{
    Visitor visitor = { visit, user };

    cache_each(sources->sources, visit_source, &visitor);
}

bool sources_may_know(const Sources *sources, const NetAddr *addr)
{
    return cache_stats(sources->sources).dropped_full > 0
           || cache_peek(sources->sources, addr) != NULL;
}

CacheStats sources_stats(const Sources *sources)
{
    return cache_stats(sources->sources);
}
