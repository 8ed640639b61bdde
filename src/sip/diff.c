/*
 * Two copies of one message, header by header.
 *
 * Headers of one name are taken together, wherever they stand and however they
 * are joined. A proxy puts its own Via, Path or Record-Route on top, so those
 * lists are laid side by side from their ends.
 */

#include "sip/diff.h"

#include "diff_value.h"
#include "sip/value.h"

/* Lists longer than this are compared up to here. */
#define MAX_VALUES 16

/* Headers without a number of ours, in one message. */
#define MAX_OTHERS 48

typedef struct Values {
    unsigned n;
    bool more;
    Str at[MAX_VALUES];
} Values;

static bool same_name(const SipMessage *message, const SipHeader *header, Str name)
{
    return header->id == SIP_HEADER_OTHER
           && str_equal_nocase(sip_message_name(message, header), name);
}

static void add_value(Values *values, Str value)
{
    if (values->n == MAX_VALUES)
        values->more = true;
    else
        values->at[values->n++] = value;
}

static void read_values(const SipMessage *message, SipHeaderId id, Str name, Values *values)
{
    SipValues cursor = { 0 };
    Str value;

    values->n = 0;
    values->more = false;
    if (id != SIP_HEADER_OTHER) {
        while (!values->more && sip_values_next(message, id, &cursor, &value))
            add_value(values, value);
        return;
    }
    for (unsigned i = 0; i < message->n_headers && !values->more; i++) {
        if (same_name(message, &message->headers[i], name))
            add_value(values, sip_message_value(message, &message->headers[i]));
    }
}

/* RFC 3261 sections 16.6 and 16.7, RFC 3327: these grow and shrink at their
 * beginning. */
static bool grows_on_top(SipHeaderId id)
{
    return id == SIP_HEADER_VIA || id == SIP_HEADER_RECORD_ROUTE || id == SIP_HEADER_PATH
           || id == SIP_HEADER_ROUTE || id == SIP_HEADER_SERVICE_ROUTE;
}

static void note_whole(const DiffScene *scene, SipChange about, SipPart part, Str value)
{
    about.part = part;
    about.inside = part == SIP_PART_REMOVED ? value : STR_NONE;
    about.outside = part == SIP_PART_ADDED ? value : STR_NONE;
    diff_note(scene, about);
}

static void compare_values(const DiffScene *scene, SipChange about, const Values *inside,
                           const Values *outside)
{
    unsigned common = MIN(inside->n, outside->n);
    unsigned in = grows_on_top(about.header) ? inside->n - common : 0;
    unsigned out = grows_on_top(about.header) ? outside->n - common : 0;

    for (unsigned i = 0; i < inside->n; i++) {
        if (i < in || i >= in + common)
            note_whole(scene, about, SIP_PART_REMOVED, inside->at[i]);
    }
    for (unsigned i = 0; i < outside->n; i++) {
        if (i < out || i >= out + common)
            note_whole(scene, about, SIP_PART_ADDED, outside->at[i]);
    }
    for (unsigned i = 0; i < common; i++) {
        if (!str_equal(inside->at[in + i], outside->at[out + i]))
            diff_value(scene, about, inside->at[in + i], outside->at[out + i]);
    }
}

/* The name as it is written, and the value. */
static void compare_writing(const DiffScene *scene, SipChange about, const SipHeader *inside,
                            const SipHeader *outside)
{
    Str from = sip_message_name(scene->inside, inside);
    Str to = sip_message_name(scene->outside, outside);
    Str value = sip_message_value(scene->inside, inside);
    Str other = sip_message_value(scene->outside, outside);

    if (!str_equal(from, to)) {
        about.part = SIP_PART_NAME;
        about.inside = from;
        about.outside = to;
        diff_note(scene, about);
    } else if (!str_equal(value, other)) {
        about.part = SIP_PART_LAYOUT;
        about.inside = value;
        about.outside = other;
        diff_note(scene, about);
    }
}

static const SipHeader *first_of(const SipMessage *message, const SipHeader *like, Str name)
{
    if (like->id != SIP_HEADER_OTHER)
        return sip_message_header(message, like->id, 0);
    for (unsigned i = 0; i < message->n_headers; i++) {
        if (same_name(message, &message->headers[i], name))
            return &message->headers[i];
    }
    return NULL;
}

static SipChange about_header(const SipMessage *message, const SipHeader *header)
{
    SipChange about = { .where = SIP_WHERE_HEADER,
                        .header = header->id,
                        .name = str_of(sip_header_long_name(header->id)) };

    if (header->id == SIP_HEADER_OTHER)
        about.name = sip_message_name(message, header);
    return about;
}

static void compare_group(const DiffScene *scene, const SipHeader *inside, const SipHeader *outside)
{
    SipChange about = about_header(scene->inside, inside);
    unsigned before = scene->diff->n;
    Values from, to;

    read_values(scene->inside, inside->id, about.name, &from);
    read_values(scene->outside, inside->id, about.name, &to);
    scene->diff->more |= from.more || to.more;
    if (inside->id == SIP_HEADER_VIA)
        scene->diff->vias_more = (int)to.n - (int)from.n;
    compare_values(scene, about, &from, &to);
    if (scene->diff->n == before)
        compare_writing(scene, about, inside, outside);
}

static void note_group(const DiffScene *scene, const SipMessage *message, const SipHeader *header,
                       SipPart part)
{
    SipChange about = about_header(message, header);
    Values values;

    read_values(message, header->id, about.name, &values);
    for (unsigned i = 0; i < values.n; i++)
        note_whole(scene, about, part, values.at[i]);
    if (header->id == SIP_HEADER_VIA)
        scene->diff->vias_more = part == SIP_PART_ADDED ? (int)values.n : -(int)values.n;
}

/* The first header of each name, in the order of the message; 'limit' bounds
 * those whose names have to be compared as text. */
static bool is_first(const SipMessage *message, const SipHeader *header, unsigned *limit)
{
    Str name = sip_message_name(message, header);

    if (header->id != SIP_HEADER_OTHER)
        return sip_message_header(message, header->id, 0) == header;
    if (*limit == 0)
        return false;
    --*limit;
    return first_of(message, header, name) == header;
}

static void compare_headers(const DiffScene *scene)
{
    const SipMessage *inside = scene->inside, *outside = scene->outside;
    const SipHeader *newest = NULL;
    SipChange moved = { .where = SIP_WHERE_HEADER, .part = SIP_PART_ORDER };
    unsigned limit = MAX_OTHERS;

    for (unsigned i = 0; i < inside->n_headers; i++) {
        const SipHeader *header = &inside->headers[i];

        if (!is_first(inside, header, &limit))
            continue;

        const SipHeader *other = first_of(outside, header, sip_message_name(inside, header));

        if (other == NULL) {
            note_group(scene, inside, header, SIP_PART_REMOVED);
            continue;
        }
        if (newest != NULL && other < newest && !str_present(moved.name))
            moved.name = about_header(inside, header).name;
        newest = other;
        compare_group(scene, header, other);
    }
    limit = MAX_OTHERS;
    for (unsigned i = 0; i < outside->n_headers; i++) {
        const SipHeader *header = &outside->headers[i];

        if (is_first(outside, header, &limit)
            && first_of(inside, header, sip_message_name(outside, header)) == NULL)
            note_group(scene, outside, header, SIP_PART_ADDED);
    }
    if (str_present(moved.name))
        diff_note(scene, moved);
}

static void compare_start_line(const DiffScene *scene)
{
    const SipMessage *inside = scene->inside, *outside = scene->outside;
    SipChange about = { .where = SIP_WHERE_START_LINE, .name = STR("Request-URI") };

    if (inside->is_request && !str_equal(inside->request_uri, outside->request_uri))
        diff_uri(scene, about, inside->request_uri, outside->request_uri);
    about.name = STR("reason phrase");
    if (!inside->is_request)
        diff_text(scene, about, inside->reason, outside->reason);
}

static Str name_of_line(Str line)
{
    static const Str names[] = {
        { "SDP c=", 6 }, { "SDP o=", 6 }, { "SDP m=", 6 }, { "SDP a=", 6 }, { "SDP s=", 6 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (line.len > 1 && line.data[1] == '=' && line.data[0] == names[i].data[4])
            return names[i];
    }
    return STR("body");
}

/* A body of more lines is compared up to here. */
#define MAX_LINES 256

/* Line by line; where one is on one side only, the two differ from there on, and
 * the lengths tell how much. */
static void compare_body(const DiffScene *scene)
{
    Str from = scene->inside->body, to = scene->outside->body;

    for (unsigned i = 0; i < MAX_LINES && (from.len > 0 || to.len > 0); i++) {
        SipChange about = { .where = SIP_WHERE_BODY };
        Str line, other;

        str_split(from, '\n', &line, &from);
        str_split(to, '\n', &other, &to);
        line = str_trim(line);
        other = str_trim(other);
        about.name = name_of_line(line.len > 0 ? line : other);
        if (line.len > 0 && other.len > 0)
            diff_text(scene, about, line, other);
        else if (line.len > 0 || other.len > 0)
            note_whole(scene, about, line.len > 0 ? SIP_PART_REMOVED : SIP_PART_ADDED,
                       line.len > 0 ? line : other);
    }
}

void sip_diff_compare(const SipMessage *inside, const SipMessage *outside, SipDiff *diff)
{
    DiffScene scene = { inside, outside, diff };

    diff->n = 0;
    diff->more = false;
    diff->vias_more = 0;
    diff->damage_inside = diff->damage_outside = 0;
    diff->unsure = ((inside->anomalies | outside->anomalies) & SIP_CUT_SHORT) != 0;
    if (str_equal(inside->raw, outside->raw))
        return;
    compare_start_line(&scene);
    compare_headers(&scene);
    compare_body(&scene);
    diff->damage_inside = sip_damage_of(inside);
    diff->damage_outside = sip_damage_of(outside);
    if (diff->n == 0)
        diff_note(&scene, (SipChange){ .where = SIP_WHERE_HEADER,
                                       .part = SIP_PART_LAYOUT,
                                       .name = STR("line ends and blanks") });
}
