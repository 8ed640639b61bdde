/*
 * A report that is passed on must not tell whose it is.
 *
 * The writers do not know about that: they get copies in which every text and
 * address is a token already. So a format that is added later is redacted as
 * well. User-Agents stay, because they are half of the story, and so do
 * times, ports and numbers.
 */

#include "redact_copy.h"

#include "redact_message.h"
#include "redact_words.h"

typedef void (*Redact)(ReportRedactor *redactor, GString *out, Str text);

static char *text(RedactCopier *copier, const char *original, Redact redact)
{
    if (original == NULL)
        return NULL;
    g_string_truncate(copier->scratch, 0);
    redact(copier->names, copier->scratch, str_of(original));
    return g_string_chunk_insert_len(copier->texts, copier->scratch->str,
                                     (gssize)copier->scratch->len);
}

static char *name(RedactCopier *copier, const char *original, RedactKind kind)
{
    if (original == NULL)
        return NULL;
    g_string_truncate(copier->scratch, 0);
    redact_name(copier->names, copier->scratch, kind, str_of(original));
    return g_string_chunk_insert(copier->texts, copier->scratch->str);
}

void *redact_block(RedactCopier *copier, const void *original, size_t size)
{
    void *copy = g_memdup2(original, size);

    g_ptr_array_add(copier->blocks, copy);
    return copy;
}

void redact_endpoints(RedactCopier *copier, NetEndpoint *all, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        all[i].addr = redact_addr(copier->names, &all[i].addr);
}

/* A value of a digest, by what it is. Those that are words of the protocol stay. */
static char *ingredient(RedactCopier *copier, RegDigestIngredient kind, const char *value)
{
    switch (kind) {
    case REG_INGREDIENT_USER:
        return text(copier, value, redact_account);
    case REG_INGREDIENT_REALM:
        return text(copier, value, redact_realm);
    case REG_INGREDIENT_URI:
        return text(copier, value, redact_uri);
    case REG_INGREDIENT_NONCE:
        return name(copier, value, REDACT_NONCE);
    case REG_INGREDIENT_CNONCE:
        return name(copier, value, REDACT_CNONCE);
    case REG_INGREDIENT_RESPONSE:
        return name(copier, value, REDACT_RESPONSE);
    default:
        return text(copier, value, redact_words);
    }
}

static char *used(RedactCopier *copier, const RegHypothesis *hypothesis, const char *value)
{
    return hypothesis != NULL ? ingredient(copier, hypothesis->ingredient, value) : NULL;
}

static void detail(RedactCopier *copier, const RegDigestFacts *facts, RegDigestDetail *d)
{
    d->used = used(copier, reg_digest_facts_hypothesis(facts), d->used);
    d->second_used = used(copier, reg_digest_facts_second(facts), d->second_used);
    for (unsigned i = 0; i < REG_DIGEST_ROWS; i++) {
        RegDigestRow *row = &d->rows[i];
        bool words = row->ingredient == REG_INGREDIENT_RESPONSE; /* "another form of ..." */

        row->challenge = str_of(ingredient(copier, row->ingredient, row->challenge.data));
        row->answer = str_of(ingredient(copier, row->ingredient, row->answer.data));
        row->known = str_of(ingredient(copier, row->ingredient, row->known.data));
        if (!words)
            row->fits = str_of(ingredient(copier, row->ingredient, row->fits.data));
    }
}

static RegDigestFacts *digest(RedactCopier *copier, const RegDigestFacts *original)
{
    if (original == NULL)
        return NULL;

    size_t more = original->detailed ? sizeof(RegDigestDetail) : 0;
    RegDigestFacts *copy = redact_block(copier, original, sizeof(*original) + more);

    copy->username = text(copier, original->username, redact_account);
    copy->realm = text(copier, original->realm, redact_realm);
    copy->uri = text(copier, original->uri, redact_uri);
    copy->algorithm = text(copier, original->algorithm, redact_words);
    copy->qop = text(copier, original->qop, redact_words);
    copy->nc = text(copier, original->nc, redact_words);
    if (original->detailed)
        detail(copier, original, copy->detail);
    return copy;
}

RegAttempt *redact_attempt(RedactCopier *copier, const RegAttempt *attempt)
{
    RegAttempt *copy = redact_block(copier, attempt, sizeof(*attempt));

    copy->call_id = name(copier, attempt->call_id, REDACT_CALL_ID);
    copy->steps = redact_block(copier, attempt->steps, attempt->n_steps * sizeof(*attempt->steps));
    for (unsigned i = 0; i < attempt->n_steps; i++) {
        RegAttemptStep *step = &copy->steps[i];

        step->digest = digest(copier, step->digest);
        step->contact = text(copier, step->contact, redact_uri);
        step->reason = text(copier, step->reason, redact_words);
        step->remark = text(copier, step->remark, redact_words);
    }
    return copy;
}

RegBinding *redact_bindings(RedactCopier *copier, const RegBinding *bindings, unsigned n)
{
    RegBinding *copies = redact_block(copier, bindings, n * sizeof(*bindings));

    for (unsigned i = 0; i < n; i++) {
        copies[i].contact = text(copier, bindings[i].contact, redact_uri);
        redact_endpoints(copier, &copies[i].source, 1);
    }
    return copies;
}

const RegDevice *redact_device(RedactCopier *copier, const RegDevice *device)
{
    RegDevice *copy = redact_block(copier, device, sizeof(*device));
    RegAttempt **attempts =
        redact_block(copier, device->attempts, device->n_attempts_kept * sizeof(*device->attempts));

    copy->aor = text(copier, device->aor, redact_account);
    copy->instance = name(copier, device->instance, REDACT_INSTANCE);
    copy->contact = text(copier, device->contact, redact_uri);
    redact_endpoints(copier, copy->addresses, copy->n_addresses);
    redact_endpoints(copier, copy->public_addresses, copy->n_public_addresses);
    redact_endpoints(copier, &copy->server, 1);
    copy->life = redact_life(copier, device->life);
    copy->bindings = redact_bindings(copier, device->bindings, device->n_bindings);
    for (unsigned i = 0; i < device->n_attempts_kept; i++)
        attempts[i] = redact_attempt(copier, device->attempts[i]);
    copy->attempts = attempts;
    return copy;
}

static bool is_call_id(const char *what)
{
    return str_contains_nocase(str_of(what), STR("Call-ID"));
}

static void facts(RedactCopier *copier, const Finding *finding, Finding *copy)
{
    for (unsigned i = 0; i < finding->facts->len; i++) {
        FindingFact fact = g_array_index(finding->facts, FindingFact, i);

        fact.seen = g_strdup(is_call_id(fact.name) ? name(copier, fact.seen, REDACT_CALL_ID)
                                                   : text(copier, fact.seen, redact_words));
        fact.expected = g_strdup(text(copier, fact.expected, redact_words));
        g_array_append_val(copy->facts, fact);
    }
    for (unsigned i = 0; i < finding->rejected->len; i++) {
        FindingRejected other = g_array_index(finding->rejected, FindingRejected, i);

        other.because = g_strdup(text(copier, other.because, redact_words));
        g_array_append_val(copy->rejected, other);
    }
}

/* The account first: its name is what the sentences speak of. */
Finding *redact_finding(RedactCopier *copier, const Finding *finding)
{
    Finding *copy = finding_new(finding->rule);

    copy->grade = finding->grade;
    copy->device = finding->device;
    copy->from = finding->from;
    copy->until = finding->until;
    copy->count = finding->count;
    copy->aor = g_strdup(text(copier, finding->aor, redact_account));
    copy->summary = g_strdup(text(copier, finding->summary, redact_words));
    facts(copier, finding, copy);
    copy->settle = g_strdup(text(copier, finding->settle, redact_words));
    copy->advice = g_strdup(text(copier, finding->advice, redact_words));
    if (finding->rewrites != NULL)
        copy->rewrites = redact_rewrites(copier, finding->rewrites);
    g_ptr_array_add(copier->findings, copy);
    return copy;
}

static const GPtrArray *texts(RedactCopier *copier, const GPtrArray *originals, bool comments)
{
    if (originals == NULL)
        return NULL;

    GPtrArray *copies = g_ptr_array_new();

    for (unsigned i = 0; i < originals->len; i++) {
        const char *one = g_ptr_array_index(originals, i);

        g_ptr_array_add(copies, comments ? name(copier, one, REDACT_COMMENT)
                                         : text(copier, one, redact_words));
    }
    g_ptr_array_add(copier->arrays, copies);
    return copies;
}

static const CaptureInfo *capture_info(RedactCopier *copier, const CaptureInfo *info)
{
    CaptureInfo *copy = redact_block(copier, info, sizeof(*info));

    copy->filters = texts(copier, info->filters, false);
    copy->interfaces = texts(copier, info->interfaces, false);
    copy->comments = texts(copier, info->comments, true); /* anybody may have written anything */
    copy->stopped_because = text(copier, info->stopped_because, redact_words);
    return copy;
}

static const GPtrArray *capture_sites(RedactCopier *copier, const GPtrArray *sites)
{
    GPtrArray *copies = g_ptr_array_new();

    g_ptr_array_add(copier->arrays, copies);
    for (unsigned i = 0; i < sites->len; i++) {
        const RegCaptureSite *site = g_ptr_array_index(sites, i);
        const CaptureInfo *named = g_ptr_array_index(copier->captures, i);
        RegCaptureSite *copy = redact_block(copier, site, sizeof(*site));
        CaptureInfo info = *site->info;

        info.name = named->name;
        info.path = named->path;
        copy->info = capture_info(copier, &info);
        g_ptr_array_add(copies, copy);
    }
    return copies;
}

static const GArray *messages(RedactCopier *copier, const GArray *originals)
{
    if (originals == NULL)
        return NULL;

    GArray *copies = g_array_sized_new(FALSE, FALSE, sizeof(ReportMessage), originals->len);

    for (unsigned i = 0; i < originals->len; i++) {
        ReportMessage copy = g_array_index(originals, ReportMessage, i);

        g_string_truncate(copier->scratch, 0);
        redact_message(copier->names, copier->scratch, copy.message);
        copy.text.data = redact_block(copier, copier->scratch->str, copier->scratch->len);
        copy.text.len = copier->scratch->len;
        copy.message = NULL;
        redact_endpoints(copier, &copy.flow.src, 1);
        redact_endpoints(copier, &copy.flow.dst, 1);
        g_array_append_val(copies, copy);
    }
    g_ptr_array_add(copier->tables, copies);
    return copies;
}

/* A pattern is most of a name. */
static const ReportPart *part(RedactCopier *copier, const ReportPart *original)
{
    if (original == NULL)
        return NULL;

    ReportPart *copy = redact_block(copier, original, sizeof(*original));
    GPtrArray *devices = g_ptr_array_new();

    g_ptr_array_add(copier->arrays, devices);
    for (unsigned i = 0; original->devices != NULL && i < original->devices->len; i++)
        g_ptr_array_add(devices, name(copier, original->devices->pdata[i], REDACT_VALUE));
    copy->devices = devices;
    return copy;
}

const ReportResult *redact_result(RedactCopier *copier, const ReportResult *result)
{
    ReportResult *copy = redact_block(copier, result, sizeof(*result));
    GPtrArray *devices = g_ptr_array_new();
    GPtrArray *findings = g_ptr_array_new();

    g_ptr_array_add(copier->arrays, devices);
    g_ptr_array_add(copier->arrays, findings);
    for (unsigned i = 0; i < result->devices->len; i++)
        g_ptr_array_add(devices, (gpointer)redact_device(copier, result->devices->pdata[i]));
    for (unsigned i = 0; i < result->findings->len; i++)
        g_ptr_array_add(findings, redact_finding(copier, result->findings->pdata[i]));
    copy->captures = capture_sites(copier, result->captures);
    copy->devices = devices;
    copy->findings = findings;
    copy->messages = messages(copier, result->messages);
    copy->part = part(copier, result->part);
    return copy;
}

/* "capture1.pcap". Standard input has no name. */
static void name_capture(RedactCopier *copier, CaptureInfo *info, unsigned number)
{
    g_autofree char *token = g_strdup_printf("capture%u.%s", number, info->format);

    if (strcmp(info->path, "-") != 0)
        info->name = info->path = g_string_chunk_insert_const(copier->names_kept, token);
}

RedactCopier *redact_copier_new(ReportRedactor *redactor, const GPtrArray *captures)
{
    RedactCopier *copier = g_new0(RedactCopier, 1);

    copier->names = redactor;
    copier->captures = g_ptr_array_new_with_free_func(g_free);
    copier->names_kept = g_string_chunk_new(256);
    copier->blocks = g_ptr_array_new_with_free_func(g_free);
    copier->arrays = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    copier->tables = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    copier->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    copier->texts = g_string_chunk_new(4096);
    copier->scratch = g_string_new(NULL);
    for (unsigned i = 0; i < captures->len; i++) {
        CaptureInfo *info = g_memdup2(captures->pdata[i], sizeof(CaptureInfo));

        name_capture(copier, info, i + 1);
        g_ptr_array_add(copier->captures, info);
    }
    return copier;
}

void redact_copier_clear(RedactCopier *copier)
{
    g_ptr_array_set_size(copier->findings, 0);
    g_ptr_array_set_size(copier->arrays, 0);
    g_ptr_array_set_size(copier->tables, 0);
    g_ptr_array_set_size(copier->blocks, 0);
    g_string_chunk_clear(copier->texts);
}

void redact_copier_free(RedactCopier *copier)
{
    g_ptr_array_unref(copier->findings);
    g_ptr_array_unref(copier->arrays);
    g_ptr_array_unref(copier->tables);
    g_ptr_array_unref(copier->blocks);
    g_ptr_array_unref(copier->captures);
    g_string_chunk_free(copier->texts);
    g_string_chunk_free(copier->names_kept);
    g_string_free(copier->scratch, TRUE);
    g_free(copier);
}
