/*
 * Reading a capture of any size with one buffer.
 *
 * Large reads into the same buffer keep the bytes in the processor's cache and
 * cost one copy, by the kernel. A mapped file would save that copy and die of
 * SIGBUS when somebody truncates the file meanwhile, as log rotation does.
 */

#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/set.h"
#include "unpack.h"

/* Half of a common second-level cache. */
#define BLOCK (256 * 1024)

typedef struct CaptureInputStore {
    int fd;
    bool follow;
    bool looked; /* at the first bytes, for compression */
    bool over;   /* nothing more will be read */
    CaptureUnpacker *unpacker;
    bool unpacker_full; /* it had more to give than there was room for */
    uint8_t *packed;    /* BLOCK bytes of it, read and not unpacked yet */
    Str packed_left;
    uint8_t *window; /* a full request that straddles, and a block behind it */
} CaptureInputStore;

static int open_path(const char *path)
{
    if (g_str_equal(path, "-"))
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

CaptureInput *capture_input_open(const char *path, bool follow, GError **error)
{
    struct stat facts = { 0 };
    int fd = open_path(path);

    if (fd < 0 || fstat(fd, &facts) != 0 || S_ISDIR(facts.st_mode)) {
        int why = fd >= 0 && S_ISDIR(facts.st_mode) ? EISDIR : errno;

        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN, "cannot open %s: %s", path,
                    g_strerror(why));
        if (fd >= 0)
            close(fd);
        return NULL;
    }

    CaptureInput *input = g_new0(CaptureInput, 1);
    CaptureInputStore *store = g_new0(CaptureInputStore, 1);

    store->fd = fd;
    store->follow = follow;
    store->window = g_malloc(CAPTURE_INPUT_MAX + BLOCK);
    input->store = store;
    input->next = input->end = store->window;
    input->reopenable = S_ISREG(facts.st_mode) && !g_str_equal(path, "-");
    input->size = S_ISREG(facts.st_mode) ? (uint64_t)facts.st_size : 0;
    if (input->reopenable)
        posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return input;
}

void capture_input_free(CaptureInput *input)
{
    if (input == NULL)
        return;
    close(input->store->fd);
    capture_unpack_free(input->store->unpacker);
    g_free(input->store->packed);
    g_free(input->store->window);
    g_free(input->store);
    g_free(input->defect);
    g_free(input);
}

static bool has_bytes_now(int fd)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };

    return poll(&wait, 1, 0) != 0;
}

/* The end of a file that is followed is not its end; that of a pipe is. */
static CaptureInputState nothing_came(CaptureInput *input)
{
    if (input->store->follow && input->reopenable)
        return CAPTURE_INPUT_WAIT;
    input->store->over = true;
    return CAPTURE_INPUT_OVER;
}

static CaptureInputState could_not_read(CaptureInput *input, int why)
{
    if (why == EINTR)
        return CAPTURE_INPUT_READY;
    if (why == EAGAIN && input->store->follow)
        return CAPTURE_INPUT_WAIT;
    if (why == EAGAIN) {
        /* Somebody else made our standard input non-blocking. */
        poll(&(struct pollfd){ .fd = input->store->fd, .events = POLLIN }, 1, -1);
        return CAPTURE_INPUT_READY;
    }
    input->defect = g_strdup_printf("reading failed: %s", g_strerror(why));
    input->store->over = true;
    return CAPTURE_INPUT_OVER;
}

/* READY with nothing read means: try again. */
static CaptureInputState read_block(CaptureInput *input, uint8_t *block, size_t *len)
{
    CaptureInputStore *store = input->store;

    *len = 0;
    if (store->over)
        return CAPTURE_INPUT_OVER;
    if (store->follow && !input->reopenable && !has_bytes_now(store->fd))
        return CAPTURE_INPUT_WAIT;

    ssize_t n = read(store->fd, block, BLOCK);

    if (n == 0)
        return nothing_came(input);
    if (n < 0)
        return could_not_read(input, errno);
    *len = (size_t)n;
    input->taken += (uint64_t)n;
    return CAPTURE_INPUT_READY;
}

/* What straddles the end of a block moves to the front, once: later reads for
 * the same request go behind it. */
static uint8_t *make_room(CaptureInput *input)
{
    CaptureInputStore *store = input->store;
    size_t left = capture_input_left(input);

    if (input->next != store->window) {
        memmove(store->window, input->next, left);
        input->next = store->window;
        input->end = store->window + left;
    }
    return store->window + left;
}

static CaptureInputState fill_plain(CaptureInput *input)
{
    size_t len = 0;
    CaptureInputState state = read_block(input, make_room(input), &len);

    input->end += len;
    return state;
}

static CaptureInputState end_packed(CaptureInput *input)
{
    CaptureInputStore *store = input->store;

    if (input->defect == NULL && !capture_unpack_may_end(store->unpacker))
        input->defect = g_strdup_printf("the %s data is cut off", input->compression);
    return CAPTURE_INPUT_OVER;
}

static CaptureInputState fill_unpacked(CaptureInput *input)
{
    CaptureInputStore *store = input->store;

    if (store->packed_left.len == 0 && !store->unpacker_full) {
        size_t len = 0;
        CaptureInputState state = read_block(input, store->packed, &len);

        if (state == CAPTURE_INPUT_OVER)
            return end_packed(input);
        if (len == 0)
            return state;
        store->packed_left = (Str){ (const char *)store->packed, len };
    }

    size_t made =
        capture_unpack_step(store->unpacker, &store->packed_left, make_room(input), BLOCK);
    const char *defect = capture_unpack_defect(store->unpacker);

    input->end += made;
    store->unpacker_full = made == BLOCK;
    if (defect == NULL)
        return CAPTURE_INPUT_READY;
    if (input->defect == NULL)
        input->defect = g_strdup(defect);
    store->over = true;
    store->packed_left.len = 0;
    store->unpacker_full = false;
    return CAPTURE_INPUT_READY; /* what was unpacked before the damage is good */
}

/* The head goes back into the packed buffer when it turns out to be packed. */
static void look_for_compression(CaptureInput *input)
{
    CaptureInputStore *store = input->store;
    Str head = capture_input_peek(input, capture_input_left(input));

    store->looked = true;
    store->unpacker = capture_unpack_new(head);
    if (store->unpacker == NULL)
        return;
    input->compression = capture_unpack_kind(head);
    store->packed = g_malloc(BLOCK);
    memcpy(store->packed, head.data, head.len);
    store->packed_left = (Str){ (const char *)store->packed, head.len };
    input->end = input->next;
}

/* Pipes give as few bytes as they like, so the head may come in pieces. */
static CaptureInputState read_head(CaptureInput *input)
{
    while (!input->store->looked) {
        CaptureInputState state = CAPTURE_INPUT_READY;

        if (capture_input_left(input) < CAPTURE_UNPACK_HEAD)
            state = fill_plain(input);
        if (state == CAPTURE_INPUT_WAIT)
            return state;
        if (state == CAPTURE_INPUT_OVER || capture_input_left(input) >= CAPTURE_UNPACK_HEAD)
            look_for_compression(input);
    }
    return CAPTURE_INPUT_READY;
}

static void drop_skipped(CaptureInput *input)
{
    size_t now = (size_t)MIN(input->to_skip, capture_input_left(input));

    input->next += now;
    input->to_skip -= now;
}

CaptureInputState capture_input_fill(CaptureInput *input, size_t len)
{
    CaptureInputState state = read_head(input);

    g_assert(len > 0 && len <= CAPTURE_INPUT_MAX);
    while (state == CAPTURE_INPUT_READY) {
        drop_skipped(input);
        if (capture_input_left(input) >= len)
            return CAPTURE_INPUT_READY;
        state = input->store->unpacker != NULL ? fill_unpacked(input) : fill_plain(input);
    }
    return state;
}

void capture_input_skip(CaptureInput *input, uint64_t len)
{
    input->to_skip += len;
    drop_skipped(input);
}
