/*
 * Plays a scenario: every line when its time has come.
 */

#include "scenario.h"

#include "cue.h"
#include "stage.h"

/* 2026-01-31T12:00:00Z. */
#define START (INT64_C(1769860800) * NSEC_SEC)

struct Scenario {
    Stage stage;
    GPtrArray *lines; /* of ScriptLine */
    CueList cues;
    CapturePlace said;
};

static bool do_vantage(Scenario *s, ScriptLine *line, GError **error)
{
    static const char *const places[] = { "client", "middle", "server" };
    const char *name = script_take(line);

    for (unsigned i = 0; name != NULL && i < G_N_ELEMENTS(places); i++) {
        if (!g_str_equal(name, places[i]))
            continue;
        s->stage.cast.place = CAPTURE_PLACE_CLIENT + i;
        s->stage.cast.router = false;
        if (script_flag(line, "said"))
            s->said = s->stage.cast.place;
        return true;
    }
    s->stage.cast.router = g_strcmp0(name, "router") == 0;
    return s->stage.cast.router
           || script_fail(line, error, "a vantage is client, middle, server or router");
}

static bool do_phone(Scenario *s, ScriptLine *line, GError **error)
{
    return cast_declare(&s->stage.cast, HOST_PHONE, line, error);
}

static bool do_server(Scenario *s, ScriptLine *line, GError **error)
{
    return cast_declare(&s->stage.cast, HOST_SERVER, line, error);
}

static bool do_nat(Scenario *s, ScriptLine *line, GError **error)
{
    return cast_declare(&s->stage.cast, HOST_NAT, line, error);
}

static Host *take_host(const Scenario *s, ScriptLine *line, GError **error)
{
    const char *name = script_take(line);
    Host *host = cast_find(&s->stage.cast, name);

    if (host == NULL)
        script_fail(line, error, "there is no host '%s'", name != NULL ? name : "");
    return host;
}

static bool do_reboot(Scenario *s, ScriptLine *line, GError **error)
{
    Host *host = take_host(s, line, error);

    if (host != NULL)
        host_reboot(host);
    return host != NULL;
}

static bool do_snaplen(Scenario *s, ScriptLine *line, GError **error)
{
    uint64_t bytes = 0;
    const char *text = script_take(line);

    /* Less than an Ethernet header makes no capture. */
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 14, 65535, &bytes, NULL))
        return script_fail(line, error, "a snaplen is 14 to 65535 bytes");
    s->stage.tape.snaplen = (uint32_t)bytes;
    return true;
}

static bool do_mirrored(Scenario *s, ScriptLine *line, GError **error)
{
    return script_take_time(line, &s->stage.tape.again, error);
}

static const struct {
    const char *word;
    bool (*run)(Scenario *s, ScriptLine *line, GError **error);
} statements[] = {
    { "mirrored", do_mirrored }, { "nat", do_nat },       { "phone", do_phone },
    { "reboot", do_reboot },     { "server", do_server }, { "snaplen", do_snaplen },
    { "vantage", do_vantage },
};

/* Events that are several, one after the other. */
typedef struct Act {
    const char *name;
    struct {
        Nsec delay; /* after the first */
        const char *what;
        bool back; /* from the other side */
        bool auth;
    } steps[4];
} Act;

static const Act acts[] = {
    /* At the pace of a network path of 20 ms. */
    { "registration",
      { { 0, "REGISTER", false, false },
        { 20 * NSEC_MSEC, "401", true, false },
        { 30 * NSEC_MSEC, "REGISTER", false, true },
        { 50 * NSEC_MSEC, "200", true, false } } },
    { "connect",
      { { 0, "syn", false, false },
        { 10 * NSEC_MSEC, "syn-ack", true, false },
        { 10100 * NSEC_USEC, "ack", false, false } } },
    { "close",
      { { 0, "fin", false, false },
        { 10 * NSEC_MSEC, "fin", true, false },
        { 10100 * NSEC_USEC, "ack", false, false } } },
};

/* One step; the next one is another cue, because others act in between. */
static bool play_act(Scenario *s, const Cue *cue, const Act *act, StageEvent *event, GError **error)
{
    unsigned next = cue->step + 1;
    TalkTurn turn = event->turn;

    if (act->steps[cue->step].back)
        event->turn = (TalkTurn){ turn.to, turn.from, turn.line };
    event->auth = act->steps[cue->step].auth;
    if (next < G_N_ELEMENTS(act->steps) && act->steps[next].what != NULL) {
        Cue more = *cue;

        more.step = next;
        more.time = cue->began + act->steps[next].delay;
        cue_list_add(&s->cues, more);
    }
    return stage_play(&s->stage, event, act->steps[cue->step].what, error);
}

/* "FROM -> TO WHAT ..." */
static bool play_event(Scenario *s, const Cue *cue, GError **error)
{
    ScriptLine *line = cue->line;
    Host *from = take_host(s, line, error);

    if (from == NULL)
        return false;
    if (g_strcmp0(script_take(line), "->") != 0)
        return script_fail(line, error, "between two hosts stands '->'");

    Host *to = take_host(s, line, error);

    if (to == NULL)
        return false;

    const char *what = script_take(line);
    StageEvent event = { .time = START + cue->time, .turn = { from, to, line } };

    if (what == NULL)
        return script_fail(line, error, "%s does nothing", from->name);
    for (unsigned i = 0; i < G_N_ELEMENTS(acts); i++) {
        if (g_str_equal(what, acts[i].name))
            return play_act(s, cue, &acts[i], &event, error);
    }
    return stage_play(&s->stage, &event, what, error);
}

/* What holds from now on. */
static bool play_statement(Scenario *s, ScriptLine *line, const char *word, GError **error)
{
    for (unsigned i = 0; word != NULL && i < G_N_ELEMENTS(statements); i++) {
        if (g_str_equal(word, statements[i].word))
            return statements[i].run(s, line, error);
    }
    return script_fail(line, error, "nobody knows what '%s' is", word != NULL ? word : "");
}

static bool play_cue(Scenario *s, const Cue *cue, GError **error)
{
    ScriptLine *line = cue->line;

    script_rewind(line);

    const char *word = script_take(line);

    for (unsigned i = 1; i < cue->head; i++)
        script_take(line);
    if (g_str_equal(word, "end")) {
        wire_arp(&s->stage.tape, START + cue->time);
        return true;
    }
    if (!script_has(line, "->"))
        return play_statement(s, line, cue->head > 1 ? script_take(line) : word, error);
    if (cue->head == 1)
        return script_fail(line, error, "what happens begins with 'at' or 'every'");
    return play_event(s, cue, error);
}

static bool play(Scenario *s, GError **error)
{
    for (Cue cue; cue_list_take(&s->cues, &cue);) {
        if (!play_cue(s, &cue, error))
            return false;
    }
    for (unsigned i = 0; i < s->lines->len; i++) {
        if (!script_finish(g_ptr_array_index(s->lines, i), error))
            return false;
    }
    return true;
}

Scenario *scenario_new(const char *text, GError **error)
{
    g_autoptr(GPtrArray) lines = script_read(text, error);

    if (lines == NULL)
        return NULL;

    g_autoptr(Scenario) s = g_new0(Scenario, 1);

    stage_init(&s->stage);
    cue_list_init(&s->cues);
    s->lines = g_steal_pointer(&lines);
    if (!cue_list_read(&s->cues, s->lines, error) || !play(s, error))
        return NULL;
    wire_tape_sort(&s->stage.tape);
    return g_steal_pointer(&s);
}

void scenario_free(Scenario *s)
{
    stage_clear(&s->stage);
    cue_list_clear(&s->cues);
    g_ptr_array_unref(s->lines);
    g_free(s);
}

unsigned scenario_size(const Scenario *s)
{
    return s->stage.tape.frames->len;
}

CapturePacket scenario_packet(const Scenario *s, unsigned index)
{
    const WireFrame *frame = g_ptr_array_index(s->stage.tape.frames, index);

    return (CapturePacket){
        .ref.frame = index + 1,
        .time = frame->time,
        .wire_len = frame->wire_len,
        .link = 1, /* LINKTYPE_ETHERNET */
        .bytes = { (const char *)frame->bytes->data, frame->bytes->len },
    };
}

CapturePlace scenario_place(const Scenario *s)
{
    return s->said;
}

uint32_t scenario_snaplen(const Scenario *s)
{
    return s->stage.tape.snaplen;
}
