/* Which frames are still there when somebody asks for them. */

#include "app/recent.h"

#include "support/check.h"

#define ROOM (1 << 20)

/* An IPv4 header's addresses, where they stand in a frame without options. */
#define FRAME_BYTES 120
#define ADDRESSES 26

typedef struct Taken {
    unsigned n;
    uint64_t frames[128];
} Taken;

static NetFlow flow_of(uint8_t phone)
{
    return (NetFlow){
        .src = { .addr = { .bytes = { 10, 0, 0, phone }, .version = 4 }, .port = 5060 },
        .dst = { .addr = { .bytes = { 192, 0, 2, 1 }, .version = 4 }, .port = 5060 },
        .transport = NET_UDP,
    };
}

/* Frame 'number' of the phone; it completes what began with 'first'; first 0: it says nothing. */
static void pass(Recent *recent, uint8_t phone, uint64_t number, uint64_t first)
{
    char bytes[FRAME_BYTES] = { 0 };
    NetFlow flow = flow_of(phone);
    NetMeta meta = { .ref.frame = number, .first_ref.frame = first, .flow = flow };

    memcpy(bytes + ADDRESSES, flow.src.addr.bytes, 4);
    memcpy(bytes + ADDRESSES + 4, flow.dst.addr.bytes, 4);
    recent_begin(recent, &(CapturePacket){ .ref.frame = number,
                                           .time = (Nsec)number * NSEC_SEC,
                                           .wire_len = FRAME_BYTES,
                                           .bytes = { bytes, sizeof(bytes) } });
    if (first > 0)
        recent_note(recent, &meta);
    recent_end(recent);
}

static void on_frame(const CapturePacket *packet, void *user)
{
    Taken *taken = user;

    assert_int_equal(packet->bytes.len, FRAME_BYTES);
    taken->frames[taken->n++] = packet->ref.frame;
}

static Taken take(Recent *recent, uint64_t frame)
{
    g_autoptr(GArray) refs = g_array_new(false, false, sizeof(CaptureRef));
    CaptureRef ref = { .frame = frame };
    Taken taken = { 0 };

    g_array_append_val(refs, ref);
    recent_take(recent, refs, on_frame, &taken);
    return taken;
}

static void a_frame_comes_with_those_of_its_path(void **state)
{
    g_autoptr(Recent) recent = recent_new(ROOM);

    pass(recent, 1, 1, 1);
    pass(recent, 2, 2, 2);
    pass(recent, 1, 3, 3);

    Taken taken = take(recent, 3);

    assert_int_equal(taken.n, 2);
    assert_int_equal(taken.frames[0], 1);
    assert_int_equal(taken.frames[1], 3);
}

static void each_frame_is_taken_once(void **state)
{
    g_autoptr(Recent) recent = recent_new(ROOM);

    pass(recent, 1, 1, 1);
    assert_int_equal(take(recent, 1).n, 1);
    pass(recent, 1, 2, 2);

    Taken taken = take(recent, 1);

    assert_int_equal(taken.n, 1);
    assert_int_equal(taken.frames[0], 2);
}

static void parts_come_with_what_they_are_parts_of(void **state)
{
    g_autoptr(Recent) recent = recent_new(ROOM);

    pass(recent, 1, 1, 0);
    pass(recent, 2, 2, 0); /* between other addresses */
    pass(recent, 1, 3, 0);
    pass(recent, 1, 4, 1);

    Taken taken = take(recent, 4);

    assert_int_equal(taken.n, 3);
    assert_int_equal(taken.frames[0], 1);
    assert_int_equal(taken.frames[1], 3);
    assert_int_equal(taken.frames[2], 4);
}

static void a_path_keeps_its_newest_frames(void **state)
{
    g_autoptr(Recent) recent = recent_new(ROOM);

    for (uint64_t i = 1; i <= 100; i++)
        pass(recent, 1, i, i);
    assert_int_equal(take(recent, 1).n, 0);

    Taken taken = take(recent, 100);

    assert_int_equal(taken.n, 32);
    assert_int_equal(taken.frames[0], 69);
}

static void all_paths_together_stay_within_their_room(void **state)
{
    g_autoptr(Recent) recent = recent_new(20 * 1024);

    for (uint64_t i = 1; i <= 200; i++)
        pass(recent, (uint8_t)i, i, i);
    assert_int_equal(take(recent, 1).n, 0);
    assert_int_equal(take(recent, 200).n, 1);
}

static void what_is_unknown_is_not_there(void **state)
{
    g_autoptr(Recent) recent = recent_new(ROOM);

    pass(recent, 1, 1, 0);
    assert_int_equal(take(recent, 1).n, 0);
    assert_int_equal(take(recent, 99).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_comes_with_those_of_its_path),
        cmocka_unit_test(each_frame_is_taken_once),
        cmocka_unit_test(parts_come_with_what_they_are_parts_of),
        cmocka_unit_test(a_path_keeps_its_newest_frames),
        cmocka_unit_test(all_paths_together_stay_within_their_room),
        cmocka_unit_test(what_is_unknown_is_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
