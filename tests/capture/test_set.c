/* Captures merged, rotated, followed and filtered. */

#include "capture/set.h"

#include <fcntl.h>
#include <sys/resource.h>

#include "frames.h"
#include "make.h"

static CaptureSet *make_set(const char *filter, bool follow)
{
    return capture_set_new(&(CaptureOptions){ .filter = filter, .follow = follow });
}

static void add(CaptureSet *set, const char *path)
{
    g_autoptr(GError) error = NULL;
    bool added = capture_set_add(set, path, CAPTURE_PLACE_UNSAID, &error);

    if (!added)
        print_error("%s\n", error->message);
    assert_true(added);
}

/* A set of these captures, which it takes; the files stay until the set is
 * read, since it opens them late. */
typedef struct Files {
    CaptureSet *set;
    GPtrArray *paths;
} Files;

static void files_clear(Files *files)
{
    g_ptr_array_unref(files->paths);
    capture_set_free(files->set);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

static Files open_files(void)
{
    return (Files){
        .set = make_set(NULL, false),
        .paths = g_ptr_array_new_with_free_func((GDestroyNotify)made_file_free),
    };
}

static void add_file(Files *files, GByteArray *bytes)
{
    g_ptr_array_add(files->paths, make_file(bytes));
    add(files->set, files->paths->pdata[files->paths->len - 1]);
    g_byte_array_unref(bytes);
}

/* The order of the frames as "capture:seconds ". */
static char *read_order(CaptureSet *set)
{
    GString *order = g_string_new(NULL);
    CapturePacket packet;

    while (capture_set_next(set, &packet) == CAPTURE_FRAME)
        g_string_append_printf(order, "%u:%u ", packet.ref.capture,
                               (unsigned)(packet.time / NSEC_SEC));
    return g_string_free(order, FALSE);
}

static void check_order(Files *files, const char *expected)
{
    g_autofree char *order = read_order(files->set);
    CapturePacket packet;

    assert_string_equal(order, expected);
    assert_int_equal(capture_set_next(files->set, &packet), CAPTURE_END);
}

static void is_over_at_once_when_it_is_empty(void **state)
{
    g_autoptr(CaptureSet) set = make_set(NULL, false);
    CapturePacket packet;

    assert_int_equal(capture_set_next(set, &packet), CAPTURE_END);
    assert_int_equal(capture_set_size(set), 0);
}

static void merges_captures_by_time(void **state)
{
    g_auto(Files) files = open_files();

    add_file(&files, PCAP_AT(1, 4, 7, 10));
    add_file(&files, PCAP_AT(2, 5, 8));
    add_file(&files, PCAP_AT(3, 6, 9));
    check_order(&files, "0:1 1:2 2:3 0:4 1:5 2:6 0:7 1:8 2:9 0:10 ");
    for (unsigned i = 0; i < 3; i++)
        assert_true(capture_set_info(files.set, i)->complete);
}

/* A clock that is so many seconds ahead. */
static CaptureClock *clock_ahead(Nsec seconds)
{
    g_autoptr(GArray) points = g_array_new(false, false, sizeof(CaptureClockPoint));
    CaptureClockPoint out = { 100 * NSEC_SEC, (100 + seconds) * NSEC_SEC, true };
    CaptureClockPoint in = out;

    in.outward = false;
    g_array_append_val(points, out);
    g_array_append_val(points, in);
    return capture_clock_fit(points);
}

static void a_mended_clock_moves_a_capture_in_time(void **state)
{
    g_auto(Files) files = open_files();
    g_autoptr(CaptureClock) clock = clock_ahead(20);

    add_file(&files, PCAP_AT(21, 24, 27));
    add_file(&files, PCAP_AT(2, 5, 8));
    capture_set_mend_clock(files.set, 0, clock);
    check_order(&files, "0:1 1:2 0:4 1:5 0:7 1:8 ");
    assert_int_equal(capture_set_info(files.set, 0)->first, NSEC_SEC);
    assert_int_equal(capture_set_info(files.set, 0)->latest, 7 * NSEC_SEC);
    assert_false(capture_set_info(files.set, 0)->clock->same);
    assert_null(capture_set_info(files.set, 1)->clock);
}

static void keeps_the_order_of_adding_at_equal_times(void **state)
{
    g_auto(Files) files = open_files();

    add_file(&files, PCAP_AT(1, 1, 2));
    add_file(&files, PCAP_AT(1, 1, 2));
    add_file(&files, PCAP_AT(1, 2));
    check_order(&files, "0:1 0:1 1:1 1:1 2:1 0:2 1:2 2:2 ");
}

static void reads_rotated_files_in_the_order_of_their_first_frames(void **state)
{
    g_auto(Files) files = open_files();

    add_file(&files, PCAP_AT(30, 31));
    add_file(&files, PCAP_AT(10, 11));
    add_file(&files, PCAP_AT(20, 21));
    check_order(&files, "1:10 1:11 2:20 2:21 0:30 0:31 ");
}

static void passes_a_clock_that_steps_back_as_it_is(void **state)
{
    g_auto(Files) files = open_files();

    add_file(&files, PCAP_AT(10, 30, 5, 31));
    add_file(&files, PCAP_AT(20, 40));
    check_order(&files, "0:10 1:20 0:30 0:5 0:31 1:40 ");
    assert_int_equal(capture_set_info(files.set, 0)->clock_steps, 1);
    assert_int_equal(capture_set_info(files.set, 0)->latest, 31 * NSEC_SEC);
}

static void numbers_frames_in_each_capture(void **state)
{
    g_auto(Files) files = open_files();
    CapturePacket packet;

    add_file(&files, PCAP_AT(1, 3));
    add_file(&files, PCAP_AT(2));
    capture_set_next(files.set, &packet);
    assert_int_equal(packet.ref.frame, 1);
    capture_set_next(files.set, &packet);
    assert_int_equal(packet.ref.capture, 1);
    assert_int_equal(packet.ref.frame, 1);
    capture_set_next(files.set, &packet);
    assert_int_equal(packet.ref.capture, 0);
    assert_int_equal(packet.ref.frame, 2);
}

static void goes_on_when_one_capture_is_damaged(void **state)
{
    g_auto(Files) files = open_files();
    GByteArray *cut = PCAP_AT(1, 3, 5);

    g_byte_array_set_size(cut, cut->len - 1);
    add_file(&files, cut);
    add_file(&files, PCAP_AT(2, 4, 6));
    check_order(&files, "0:1 1:2 0:3 1:4 1:6 ");
    assert_string_equal(capture_set_info(files.set, 0)->stopped_because,
                        "cut in the middle of frame 3");
    assert_true(capture_set_info(files.set, 1)->complete);
}

static void what_is_known_can_be_copied_and_stays(void **state)
{
    g_auto(Files) files = open_files();
    GByteArray *cut = PCAP_AT(1, 3);
    CapturePacket packet;

    g_byte_array_set_size(cut, cut->len - 1);
    add_file(&files, cut);
    assert_int_equal(capture_set_next(files.set, &packet), CAPTURE_FRAME);

    g_autoptr(CaptureInfo) early = capture_info_copy(capture_set_info(files.set, 0));

    assert_int_equal(capture_set_next(files.set, &packet), CAPTURE_END);

    g_autoptr(CaptureInfo) late = capture_info_copy(capture_set_info(files.set, 0));

    assert_int_equal(early->packets, 1);
    assert_int_equal(early->links->len, 1);
    assert_null(early->stopped_because);
    assert_string_equal(late->stopped_because, "cut in the middle of frame 2");
    assert_ptr_not_equal(late->stopped_because, capture_set_info(files.set, 0)->stopped_because);
    assert_ptr_not_equal(late->links, capture_set_info(files.set, 0)->links);
}

static void takes_captures_without_frames(void **state)
{
    g_auto(Files) files = open_files();

    add_file(&files, make_pcap(LE, 0xa1b2c3d4, 1));
    add_file(&files, PCAP_AT(1));
    check_order(&files, "1:1 ");
    assert_true(capture_set_info(files.set, 0)->complete);
}

static void hands_out_frames_without_a_time_where_they_stand(void **state)
{
    g_auto(Files) files = open_files();
    GByteArray *bytes = g_byte_array_new();

    put_section(bytes, LE, NULL);
    put_interface(bytes, LE, 1, 0, NULL);
    put_packet(bytes, LE, 0, 3000000, STR("three"));
    put_block(bytes, LE, 3, STR("\1\0\0\0x"));
    put_packet(bytes, LE, 0, 5000000, STR("five"));
    add_file(&files, bytes);
    add_file(&files, PCAP_AT(1, 2, 4));
    check_order(&files, "1:1 1:2 0:3 0:3 1:4 0:5 ");
}

/* Descriptors that this process has open. */
static unsigned count_descriptors(void)
{
    unsigned n = 0;

    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void reads_many_rotated_files_with_few_descriptors(void **state)
{
    g_auto(Files) files = open_files();
    unsigned before = count_descriptors();
    struct rlimit normal;
    CapturePacket packet;

    getrlimit(RLIMIT_NOFILE, &normal);
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){ before + 4, normal.rlim_max });
    for (uint32_t i = 0; i < 60; i++) {
        uint32_t start = 1000 + 10 * (i * 7 % 60);

        /* Each runs a little into the next one. */
        add_file(&files, PCAP_AT(start, start + 5, start + 11));
    }
    assert_int_equal(count_descriptors(), before);

    Nsec last = 0;
    uint64_t n = 0;

    while (capture_set_next(files.set, &packet) == CAPTURE_FRAME) {
        assert_true(packet.time >= last);
        assert_true(count_descriptors() <= before + 2);
        last = packet.time;
        n++;
    }
    setrlimit(RLIMIT_NOFILE, &normal);
    assert_int_equal(n, 180);
    assert_int_equal(count_descriptors(), before);
    for (unsigned i = 0; i < 60; i++)
        assert_true(capture_set_info(files.set, i)->complete);
}

/* Standard input becomes a pipe; returns its other end. */
static int pipe_to_stdin(int *kept)
{
    int ends[2];

    *kept = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    return ends[1];
}

static void restore_stdin(int kept)
{
    dup2(kept, STDIN_FILENO);
    close(kept);
}

static void write_all(int fd, Str bytes)
{
    assert_int_equal(write(fd, bytes.data, bytes.len), bytes.len);
}

static void delivers_the_frames_of_a_pipe_as_they_come(void **state)
{
    g_autoptr(CaptureSet) set = make_set(NULL, false);
    g_autoptr(GByteArray) bytes = PCAP_AT(1, 2);
    CapturePacket packet;
    int kept;
    int pipe_end = pipe_to_stdin(&kept);

    /* Were more than the header asked for, this would never return. */
    write_all(pipe_end, str_first(bytes_of(bytes), 24));
    add(set, "-");
    assert_string_equal(capture_set_info(set, 0)->format, "pcap");

    write_all(pipe_end, str_first(str_from(bytes_of(bytes), 24), 17));
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_FRAME);
    assert_str_equal(packet.bytes, "a");
    write_all(pipe_end, str_from(bytes_of(bytes), 41));
    close(pipe_end);
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_FRAME);
    assert_str_equal(packet.bytes, "b");
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_END);
    assert_true(capture_set_info(set, 0)->complete);
    assert_string_equal(capture_set_info(set, 0)->name, "standard input");
    restore_stdin(kept);
}

static void merges_standard_input_with_a_file(void **state)
{
    g_auto(Files) files = open_files();
    g_autoptr(GByteArray) plain = PCAP_AT(2, 4);
    g_autoptr(GByteArray) packed = pack_zstd(plain);
    int kept;
    int pipe_end = pipe_to_stdin(&kept);

    write_all(pipe_end, bytes_of(packed));
    close(pipe_end);
    add_file(&files, PCAP_AT(1, 3, 5));
    add(files.set, "-");
    check_order(&files, "0:1 1:2 0:3 1:4 0:5 ");
    assert_string_equal(capture_set_info(files.set, 1)->compression, "zstd");
    restore_stdin(kept);
}

static void follows_a_growing_file(void **state)
{
    g_autoptr(CaptureSet) set = make_set(NULL, true);
    g_autoptr(GByteArray) bytes = PCAP_AT(1, 2);
    g_autoptr(GByteArray) head = g_byte_array_new();
    CapturePacket packet;

    put(head, str_first(bytes_of(bytes), bytes->len - 3));

    g_autoptr(MadeFile) path = make_file(head);

    add(set, path);
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_FRAME);
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_IDLE);
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_IDLE);
    append_to_file(path, str_from(bytes_of(bytes), bytes->len - 3));
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_FRAME);
    assert_str_equal(packet.bytes, "b");
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_IDLE);
    assert_null(capture_set_info(set, 0)->stopped_because);
}

static void does_not_let_an_idle_file_hold_up_the_others(void **state)
{
    g_autoptr(CaptureSet) set = make_set(NULL, true);
    g_autoptr(GByteArray) first = PCAP_AT(1);
    g_autoptr(GByteArray) second = PCAP_AT(2, 3);
    g_autoptr(MadeFile) first_path = make_file(first);
    g_autoptr(MadeFile) second_path = make_file(second);
    CapturePacket packet;

    add(set, first_path);
    add(set, second_path);

    g_autofree char *order = read_order(set);

    assert_string_equal(order, "0:1 1:2 1:3 ");
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_IDLE);
    append_to_file(first_path, str_from(bytes_of(second), 24));

    g_autofree char *more = read_order(set);

    assert_string_equal(more, "0:2 0:3 ");
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_IDLE);
}

static void counts_frames_that_the_filter_refuses(void **state)
{
    g_autoptr(CaptureSet) set = make_set("udp port 5060", false);
    g_autoptr(GByteArray) bytes = make_pcap(LE, 0xa1b2c3d4, 1);
    CapturePacket packet;

    put_frame(bytes, 1, STR(ETHER IS_IP4 IP4("\0", UDP) WEB_PORTS));
    put_frame(bytes, 2, STR(ETHER IS_IP4 IP4("\1", UDP) WEB_PORTS));
    put_frame(bytes, 3, STR(ETHER IS_IP4 IP4("\0", UDP) SIP_PORTS));
    put_frame(bytes, 4, STR(ETHER VLAN_TAG IS_IP4 IP4("\0", UDP) SIP_PORTS));
    put_frame(bytes, 5, STR(ETHER IS_IP4 IP4("\0", ICMP) UNREACHABLE));
    put_frame(bytes, 6, STR(ETHER IS_IP4 IP4("\0", ICMP) PING));

    g_autoptr(MadeFile) path = make_file(bytes);

    add(set, path);
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_FRAME);
    assert_int_equal(packet.ref.frame, 3);
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_END);

    const CaptureInfo *info = capture_set_info(set, 0);

    assert_int_equal(info->packets, 6);
    assert_int_equal(info->bytes, bytes->len - 24 - 6 * 16);
    assert_int_equal(info->hidden.fragments, 1);
    assert_int_equal(info->hidden.tagged, 1);
    assert_int_equal(info->hidden.icmp, 1);
    assert_int_equal(info->hidden.first_frame, 2);
    assert_int_equal(info->hidden.first_time, 2 * NSEC_SEC);
}

static void filters_every_link_type_of_a_capture(void **state)
{
    g_autoptr(CaptureSet) set = make_set("port 5060", false);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    CapturePacket packet;

    put_section(bytes, LE, NULL);
    put_interface(bytes, LE, 1, 0, NULL);
    put_interface(bytes, LE, 101, 0, NULL);
    put_packet(bytes, LE, 0, 1, STR(ETHER IS_IP4 IP4("\0", UDP) SIP_PORTS));
    put_packet(bytes, LE, 1, 2, STR(IP4("\0", UDP) SIP_PORTS));
    put_packet(bytes, LE, 1, 3, STR(IP4("\0", UDP) WEB_PORTS));

    g_autoptr(MadeFile) path = make_file(bytes);

    add(set, path);
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_FRAME);
    assert_int_equal(packet.link, 1);
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_FRAME);
    assert_int_equal(packet.link, 101);
    assert_int_equal(capture_set_next(set, &packet), CAPTURE_END);
}

static void refuses_to_add_with_the_right_error(void **state)
{
    g_autoptr(CaptureSet) plain = make_set(NULL, false);
    g_autoptr(CaptureSet) filtered = make_set("no such filter", false);
    g_autoptr(GByteArray) bytes = PCAP_AT(1);
    g_autoptr(GByteArray) text = g_byte_array_new();
    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(GError) open = NULL;
    g_autoptr(GError) format = NULL;
    g_autoptr(GError) filter = NULL;

    put(text, STR("text"));

    g_autoptr(MadeFile) text_path = make_file(text);

    assert_false(capture_set_add(plain, "/no/such/file", CAPTURE_PLACE_UNSAID, &open));
    assert_true(g_error_matches(open, CAPTURE_ERROR, CAPTURE_ERROR_OPEN));
    assert_false(capture_set_add(plain, text_path, CAPTURE_PLACE_UNSAID, &format));
    assert_true(g_error_matches(format, CAPTURE_ERROR, CAPTURE_ERROR_FORMAT));
    assert_false(capture_set_add(filtered, path, CAPTURE_PLACE_UNSAID, &filter));
    assert_true(g_error_matches(filter, CAPTURE_ERROR, CAPTURE_ERROR_FILTER));
    assert_int_equal(capture_set_size(plain), 0);
    assert_int_equal(capture_set_size(filtered), 0);
}

static void knows_the_head_of_a_file_when_it_is_added(void **state)
{
    g_auto(Files) files = open_files();
    const CaptureInfo *info;

    add_file(&files, make_pcap(LE, 0xa1b2c3d4, 113));
    info = capture_set_info(files.set, 0);
    assert_string_equal(info->format, "pcap");
    assert_int_equal(info->links->len, 1);
    assert_int_equal(g_array_index(info->links, uint16_t, 0), 113);
    assert_int_equal(info->packets, 0);
}

static void tells_how_far_it_is(void **state)
{
    g_auto(Files) files = open_files();
    GByteArray *cut = PCAP_AT(1, 2);
    uint64_t done, total;

    g_byte_array_set_size(cut, cut->len - 1);

    uint64_t size = cut->len + 24 + 3 * 17;

    add_file(&files, cut);
    add_file(&files, PCAP_AT(1, 2, 3));
    capture_set_progress(files.set, &done, &total);
    assert_int_equal(done, 0);
    assert_int_equal(total, size);

    check_order(&files, "0:1 1:1 1:2 1:3 ");
    capture_set_progress(files.set, &done, &total);
    assert_int_equal(done, size);
    assert_int_equal(total, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_over_at_once_when_it_is_empty),
        cmocka_unit_test(merges_captures_by_time),
        cmocka_unit_test(a_mended_clock_moves_a_capture_in_time),
        cmocka_unit_test(keeps_the_order_of_adding_at_equal_times),
        cmocka_unit_test(reads_rotated_files_in_the_order_of_their_first_frames),
        cmocka_unit_test(passes_a_clock_that_steps_back_as_it_is),
        cmocka_unit_test(numbers_frames_in_each_capture),
        cmocka_unit_test(goes_on_when_one_capture_is_damaged),
        cmocka_unit_test(what_is_known_can_be_copied_and_stays),
        cmocka_unit_test(takes_captures_without_frames),
        cmocka_unit_test(hands_out_frames_without_a_time_where_they_stand),
        cmocka_unit_test(reads_many_rotated_files_with_few_descriptors),
        cmocka_unit_test(delivers_the_frames_of_a_pipe_as_they_come),
        cmocka_unit_test(merges_standard_input_with_a_file),
        cmocka_unit_test(follows_a_growing_file),
        cmocka_unit_test(does_not_let_an_idle_file_hold_up_the_others),
        cmocka_unit_test(counts_frames_that_the_filter_refuses),
        cmocka_unit_test(filters_every_link_type_of_a_capture),
        cmocka_unit_test(refuses_to_add_with_the_right_error),
        cmocka_unit_test(knows_the_head_of_a_file_when_it_is_added),
        cmocka_unit_test(tells_how_far_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
