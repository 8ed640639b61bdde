/*
 * The first look at captures that are to be compared: nothing but the messages
 * and their times.
 */

#include "align.h"

#include "net/decoder.h"
#include "reg/alignment.h"
#include "sip/framer.h"

#define PLACES (CAPTURE_PLACE_SERVER + 1)

typedef struct Look {
    NetDecoder *nets[PLACES]; /* NULL: no capture was taken there */
    SipFramer *framers[PLACES];
    RegAlignment *alignment;
} Look;

bool align_is_needed(const CaptureSet *captures)
{
    for (unsigned i = 1; i < capture_set_size(captures); i++) {
        if (capture_set_info(captures, i)->place != capture_set_info(captures, 0)->place)
            return true;
    }
    return false;
}

static void on_message(SipMessage *message, void *user)
{
    Look *look = user;

    reg_alignment_message(look->alignment, message);
    sip_message_unref(message);
}

static bool on_wanted(Str bytes, const NetFlow *flow, void *user)
{
    return sip_framer_wants(bytes, flow);
}

static NetInterest on_payload(const NetPayload *payload, void *user)
{
    return sip_framer_push(user, payload);
}

static void open_place(Look *look, CapturePlace place)
{
    if (look->nets[place] != NULL)
        return;
    look->framers[place] = sip_framer_new(&sip_framer_config_default,
                                          &(SipSink){ .message = on_message, .user = look });
    look->nets[place] = net_decoder_new(
        &net_config_default,
        &(NetSink){ .wanted = on_wanted, .payload = on_payload, .user = look->framers[place] });
}

static void close_places(Look *look)
{
    for (unsigned i = 0; i < PLACES; i++) {
        g_clear_pointer(&look->nets[i], net_decoder_free);
        g_clear_pointer(&look->framers[i], sip_framer_free);
    }
}

/* Files that are not regular ones would be empty at the second reading. */
static CaptureSet *open_again(const CaptureSet *captures, const CaptureOptions *options,
                              GError **error)
{
    g_autoptr(CaptureSet) again = capture_set_new(&(CaptureOptions){ .filter = options->filter });

    for (unsigned i = 0; i < capture_set_size(captures); i++) {
        const CaptureInfo *info = capture_set_info(captures, i);

        if (!g_file_test(info->path, G_FILE_TEST_IS_REGULAR)) {
            g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN,
                        "cannot compare %s: captures of several places are read twice, to bring "
                        "their clocks together, and this one can be read only once; give a file",
                        info->name);
            return NULL;
        }
        if (!capture_set_add(again, info->path, info->place, error))
            return NULL;
    }
    return g_steal_pointer(&again);
}

/* Each place has a time of its own as yet: deadlines of one say nothing about the
 * other. */
static void read_all(Look *look, CaptureSet *captures, const volatile sig_atomic_t *quit)
{
    CapturePacket packet;

    while (!*quit && capture_set_next(captures, &packet) == CAPTURE_FRAME) {
        if (!packet.no_time) {
            net_decoder_advance(look->nets[packet.ref.place], packet.time);
            sip_framer_advance(look->framers[packet.ref.place], packet.time);
        }
        net_decoder_push(look->nets[packet.ref.place], &packet);
    }
    for (unsigned i = 0; i < PLACES; i++) {
        if (look->nets[i] == NULL)
            continue;
        net_decoder_finish(look->nets[i]);
        sip_framer_finish(look->framers[i]);
    }
}

/* Against the nearest place further in whose clock is known by then. */
static CaptureClock *clock_of(const Look *look, CaptureClock *const clocks[PLACES], unsigned place)
{
    for (unsigned inner = place; inner-- > 0;) {
        CaptureClock *clock =
            clocks[inner] != NULL ? reg_alignment_fit(look->alignment, inner, place) : NULL;

        if (clock != NULL)
            return clock;
    }
    return NULL;
}

static void tell_clocks(const Look *look, CaptureSet *captures)
{
    CaptureClock *clocks[PLACES] = { NULL };
    bool first = true;

    for (unsigned place = 0; place < PLACES; place++) {
        if (look->nets[place] == NULL)
            continue;
        clocks[place] = first ? capture_clock_own() : clock_of(look, clocks, place);
        if (clocks[place] != NULL)
            reg_alignment_mend(look->alignment, place, clocks[place]);
        first = false;
    }
    for (unsigned i = 0; i < capture_set_size(captures); i++) {
        const CaptureClock *clock = clocks[capture_set_info(captures, i)->place];

        if (clock != NULL)
            capture_set_mend_clock(captures, i, clock);
    }
    for (unsigned place = 0; place < PLACES; place++)
        capture_clock_free(clocks[place]);
}

/* What is said of the wrong side would be wrong. */
static bool check_order(const Look *look, GError **error)
{
    unsigned inner = PLACES;

    for (unsigned place = 0; place < PLACES; place++) {
        if (look->nets[place] == NULL)
            continue;
        if (inner < PLACES && reg_alignment_is_reversed(look->alignment, inner, place)) {
            g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN,
                        "the captures are the wrong way round: REGISTERs pass the outer one "
                        "first, as their TTL tells; give the one nearer to the phones first");
            return false;
        }
        inner = place;
    }
    return true;
}

bool align_captures(CaptureSet *captures, const CaptureOptions *options,
                    const volatile sig_atomic_t *quit, GError **error)
{
    g_autoptr(CaptureSet) again = open_again(captures, options, error);
    Look look = { .alignment = NULL };

    if (again == NULL)
        return false;

    g_autoptr(RegAlignment) alignment = reg_alignment_new();

    look.alignment = alignment;
    for (unsigned i = 0; i < capture_set_size(again); i++)
        open_place(&look, capture_set_info(again, i)->place);
    read_all(&look, again, quit);

    bool ordered = check_order(&look, error);

    if (ordered)
        tell_clocks(&look, captures);
    close_places(&look);
    return ordered;
}
