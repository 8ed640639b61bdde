/*
 * The names begin with "whyreg_": node_exporter has a process of its own to
 * tell about, and does not take a second one in a file.
 */

#include "process.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/str.h"
#include "openmetrics.h"

struct Process {
    int statm; /* -1: there is no /proc */
};

static const OpenMetricsFamily memory = {
    .name = "whyreg_process_resident_memory_bytes",
    .unit = "bytes",
    .help = "Memory of the process that is in use.",
};
static const OpenMetricsFamily cpu = {
    .name = "whyreg_process_cpu_seconds",
    .type = OPENMETRICS_COUNTER,
    .unit = "seconds",
    .help = "Time of processors that the process has used.",
};

Process *process_new(void)
{
    Process *process = g_new0(Process, 1);

    process->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    return process;
}

void process_free(Process *process)
{
    if (process->statm >= 0)
        close(process->statm);
    g_free(process);
}

/* "size resident shared ...", in pages. */
uint64_t process_memory(const Process *process)
{
    char text[128];
    ssize_t len = process->statm >= 0 ? pread(process->statm, text, sizeof text, 0) : -1;
    Str size, rest, resident;
    uint64_t pages = 0;

    if (len <= 0 || !str_split((Str){ text, (size_t)len }, ' ', &size, &rest)
        || !str_split(rest, ' ', &resident, &rest) || !str_to_uint(resident, INT64_MAX, &pages))
        return 0;
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static Nsec of_timeval(struct timeval time)
{
    return (Nsec)time.tv_sec * NSEC_SEC + (Nsec)time.tv_usec * NSEC_USEC;
}

Nsec process_time(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return of_timeval(usage.ru_utime) + of_timeval(usage.ru_stime);
}

void process_print(const Process *process, GString *out)
{
    openmetrics_single(out, &memory, process_memory(process));
    openmetrics_family(out, &cpu);
    openmetrics_billionths(out, &cpu, NULL, process_time());
}
