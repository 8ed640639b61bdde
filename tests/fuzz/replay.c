/*
 * Runs a fuzz target over files and folders: the corpus as a test, and a crash
 * without the fuzzer.
 */

#include <glib.h>
#include <stdio.h>

#include "fuzz.h"

/* A copy of its own size, so that a byte read too far is noticed. */
static void run(const char *bytes, size_t len)
{
    uint8_t *copy = g_memdup2(bytes, len);

    LLVMFuzzerTestOneInput(copy, len);
    g_free(copy);
}

static unsigned replay_file(const char *path)
{
    g_autofree char *bytes = NULL;
    size_t len;

    if (!g_file_get_contents(path, &bytes, &len, NULL))
        return 0;
    run(bytes, len);
    return 1;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static unsigned replay(const char *path)
{
    GDir *folder = g_dir_open(path, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    unsigned n = 0;

    if (folder == NULL)
        return replay_file(path);
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder))
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_dir_close(folder);
    g_ptr_array_sort(names, by_name);
    for (unsigned i = 0; i < names->len; i++)
        n += replay(g_ptr_array_index(names, i));
    return n;
}

int main(int argc, char **argv)
{
    unsigned n = 0;

    run("", 0);
    for (int i = 1; i < argc; i++)
        n += replay(argv[i]);
    printf("%u inputs\n", n);
    return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
