/*
 * The name of a file that is rotated has the time of its beginning in it, so
 * that names sort by age, and files of earlier runs count among those to keep.
 */

#include "watch_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/outbox.h"
#include "report/writer.h"

#define QUEUE_BYTES (8 * 1024 * 1024)

/* For the last blocks, at the end. */
#define PATIENCE NSEC_SEC

/* "-20260131T120000Z-001", between the stem and the suffix. */
#define STAMP "-00000000T000000Z-000"
#define SUFFIX ".pcapng"

typedef struct Opened {
    int fd; /* -1: none */
    uint64_t bytes;
    Nsec since;
} Opened;

struct WatchFiles {
    char *folder;
    char *stem; /* of the names in it */
    char *path; /* the one file, when there are no turns; else NULL */
    uint64_t rotate_bytes;
    Nsec rotate_time;
    unsigned keep;
    GByteArray *head;
    Outbox *outbox;

    /* Of the thread that writes. */
    Opened opened;
    bool begun;   /* 'path' was opened once: from now on it grows */
    gint error;   /* errno of the first failure; atomic */
    gsize failed; /* blocks; atomic */
};

/* --- the thread that writes ------------------------------------------------ */

static bool is_ours(const WatchFiles *files, const char *name)
{
    size_t stem = strlen(files->stem);

    if (strlen(name) != stem + strlen(STAMP) + strlen(SUFFIX)
        || !g_str_has_prefix(name, files->stem) || !g_str_has_suffix(name, SUFFIX))
        return false;
    for (size_t i = 0; i < strlen(STAMP); i++) {
        char wanted = STAMP[i];
        char found = name[stem + i];

        if (wanted == '0' ? !g_ascii_isdigit(found) : found != wanted)
            return false;
    }
    return true;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void remove_oldest(const WatchFiles *files)
{
    g_autoptr(GDir) folder = files->keep > 0 ? g_dir_open(files->folder, 0, NULL) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        if (is_ours(files, name))
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, by_name);
    for (unsigned i = 0; i + files->keep < names->len; i++) {
        g_autofree char *path = g_build_filename(files->folder, g_ptr_array_index(names, i), NULL);

        unlink(path);
    }
}

static void close_file(WatchFiles *files)
{
    if (files->opened.fd < 0)
        return;
    fsync(files->opened.fd);
    close(files->opened.fd);
    files->opened.fd = -1;
}

/* On a full disk there is none: one that holds nothing would count among those to keep. */
static int create(const char *path, const GByteArray *head)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    ssize_t written = fd >= 0 ? write(fd, head->data, head->len) : -1;

    if (fd < 0 || written == (ssize_t)head->len)
        return fd;

    int why = written < 0 ? errno : ENOSPC;

    unlink(path);
    close(fd);
    errno = why;
    return -1;
}

/* A name that nobody has: several files may begin in one second. */
static int open_next(const WatchFiles *files, Nsec now)
{
    time_t seconds = now / NSEC_SEC;
    struct tm parts;
    char stamp[32];
    int fd = -1;

    gmtime_r(&seconds, &parts);
    strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &parts);
    for (unsigned i = 0; i < 1000 && fd < 0; i++) {
        g_autofree char *path =
            g_strdup_printf("%s/%s-%s-%03u%s", files->folder, files->stem, stamp, i, SUFFIX);

        fd = create(path, files->head);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

static bool write_all(WatchFiles *files, const GByteArray *bytes)
{
    size_t done = 0;

    while (done < bytes->len) {
        ssize_t written = write(files->opened.fd, bytes->data + done, bytes->len - done);

        if (written < 0 && errno != EINTR)
            return false;
        done += written > 0 ? (size_t)written : 0;
    }
    files->opened.bytes += bytes->len;
    return true;
}

static bool open_file(WatchFiles *files)
{
    Nsec now = nsec_now(CLOCK_REALTIME);
    int fd = files->path == NULL
                 ? open_next(files, now)
                 : open(files->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (fd < 0)
        return false;
    files->opened = (Opened){ .fd = fd, .since = now };
    if (files->path != NULL && !files->begun && ftruncate(fd, 0) != 0)
        return false;
    files->begun = true;
    files->opened.bytes = (uint64_t)lseek(fd, 0, SEEK_END);
    if (files->opened.bytes == 0 && !write_all(files, files->head))
        return false;
    remove_oldest(files);
    return true;
}

static bool is_over(const WatchFiles *files, size_t more)
{
    const Opened *opened = &files->opened;

    if (opened->fd < 0 || opened->bytes <= files->head->len)
        return false;
    return (files->rotate_bytes > 0 && opened->bytes + more > files->rotate_bytes)
           || (files->rotate_time > 0
               && nsec_now(CLOCK_REALTIME) - opened->since >= files->rotate_time);
}

/* What was half written is cut off, so that the file stays one that can be read. */
static void fail(WatchFiles *files, uint64_t whole)
{
    g_atomic_int_compare_and_exchange(&files->error, 0, errno);
    g_atomic_pointer_add(&files->failed, 1);
    if (files->opened.fd >= 0 && ftruncate(files->opened.fd, (off_t)whole) == 0)
        files->opened.bytes = whole;
    close_file(files);
}

/* No bytes: the file that is open has been moved away. */
static void handle(void *job, void *user)
{
    g_autoptr(GByteArray) blocks = job;
    WatchFiles *files = user;

    if (blocks->len == 0 || is_over(files, blocks->len))
        close_file(files);
    if (blocks->len == 0)
        return;
    if (files->opened.fd < 0 && !open_file(files)) {
        fail(files, 0);
        return;
    }

    uint64_t whole = files->opened.bytes;

    if (!write_all(files, blocks))
        fail(files, whole);
}

static void drop(void *job, void *user)
{
    g_byte_array_unref(job);
}

/* --- the others ------------------------------------------------------------ */

static void split_path(WatchFiles *files, const WatchFilesConfig *config)
{
    bool turns = config->rotate_bytes > 0 || config->rotate_time > 0 || config->keep > 0;

    if (g_file_test(config->path, G_FILE_TEST_IS_DIR)) {
        files->folder = g_strdup(config->path);
        files->stem = g_strdup("whyreg");
        return;
    }
    files->folder = g_path_get_dirname(config->path);
    files->stem = g_path_get_basename(config->path);
    if (!turns)
        files->path = g_strdup(config->path);
    else if (g_str_has_suffix(files->stem, SUFFIX))
        files->stem[strlen(files->stem) - strlen(SUFFIX)] = '\0';
}

WatchFiles *watch_files_new(const WatchFilesConfig *config, GError **error)
{
    WatchFiles *files = g_new0(WatchFiles, 1);

    split_path(files, config);
    files->rotate_bytes = config->rotate_bytes;
    files->rotate_time = config->rotate_time;
    files->keep = config->keep;
    files->head = g_byte_array_new();
    g_byte_array_append(files->head, config->head->data, config->head->len);
    files->opened.fd = -1;
    files->outbox = outbox_new(&(OutboxConfig){ .name = "evidence",
                                                .max_bytes = QUEUE_BYTES,
                                                .handle = handle,
                                                .drop = drop,
                                                .user = files });
    if (files->path != NULL ? open_file(files) : access(files->folder, W_OK | X_OK) == 0)
        return files;

    int why = errno;

    g_set_error(error, REPORT_ERROR, REPORT_ERROR_OPEN, "cannot write %s: %s", config->path,
                g_strerror(why));
    watch_files_close(files, NULL);
    return NULL;
}

void watch_files_start(WatchFiles *files)
{
    outbox_start(files->outbox);
}

void watch_files_add(WatchFiles *files, GByteArray *blocks)
{
    outbox_post(files->outbox, blocks, blocks->len);
}

void watch_files_reopen(WatchFiles *files)
{
    outbox_post(files->outbox, g_byte_array_new(), 0);
}

uint64_t watch_files_dropped(WatchFiles *files)
{
    return outbox_stats(files->outbox).dropped + (uint64_t)g_atomic_pointer_get(&files->failed);
}

bool watch_files_close(WatchFiles *files, GError **error)
{
    bool done = outbox_close(files->outbox, PATIENCE);
    int why = done ? g_atomic_int_get(&files->error) : ETIMEDOUT;

    if (why != 0)
        g_set_error(error, REPORT_ERROR, REPORT_ERROR_WRITE, "cannot write all of the evidence: %s",
                    g_strerror(why));
    if (!done)
        return false; /* the thread still has all this */
    close_file(files);
    g_byte_array_unref(files->head);
    g_free(files->folder);
    g_free(files->stem);
    g_free(files->path);
    g_free(files);
    return why == 0;
}
