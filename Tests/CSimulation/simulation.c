#define _GNU_SOURCE
#include "CSimulation.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "process.h"

#define SWIFT __attribute__((swiftcall))

// include/swift/Runtime/Concurrency.h of the Swift runtime.
extern void *swift_task_enqueueGlobal_hook;
extern void *swift_task_enqueueMainExecutor_hook;
extern void *swift_task_enqueueGlobalWithDelay_hook;
SWIFT void swift_job_run(void *job, void *executor, void *implementation);

typedef void (*work)(void *);

typedef struct {
    void *job;
    /// Runs the job; NULL for one of the Swift runtime.
    work work;
    int64_t due;
    uint64_t number;
} entry;

typedef struct {
    entry *entries;
    size_t count, capacity;
} list;

static struct {
    int runs;
    pthread_t thread;
    list ready, later;
    uint64_t numbers, digest;
} simulation;

static void add(list *list, entry entry) {
    if (!pthread_equal(pthread_self(), simulation.thread)) {
        fputs("A job comes from another thread, so the order of jobs is not that of the seed.\n", stderr);
        abort();
    }
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 64;
        list->entries = realloc(list->entries, list->capacity * sizeof(entry));
        if (!list->entries) abort();
    }
    list->entries[list->count++] = entry;
}

static entry take(list *list, size_t index) {
    entry result = list->entries[index];
    list->entries[index] = list->entries[--list->count];
    return result;
}

static void add_job(void *job, work work, int64_t delay) {
    entry entry = {job, work, process_time() + delay, ++simulation.numbers};
    add(delay > 0 ? &simulation.later : &simulation.ready, entry);
}

static SWIFT void enqueue(void *job, void *original) {
    (void)original;
    add_job(job, NULL, 0);
}

static SWIFT void enqueue_after(uint64_t delay, void *job, void *original) {
    (void)original;
    add_job(job, NULL, delay > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)delay);
}

// The executor of the Swift runtime 6.3 calls these by itself: for each job of a task that yields or of the main actor, and for each sleep,
// until a point in time of a monotonic clock, with two bits that tell which. They are the same one here. The time is rounded down to
// nanoseconds: a task that looks at the clock would find that it is not time yet, again and again, as no time passes meanwhile.

void dispatch_async_f(void *queue, void *context, work work) {
    if (simulation.runs) return add_job(context, work, 0);
    void (*original)(void *, void *, void (*)(void *)) = (void (*)(void *, void *, void (*)(void *)))dlsym(RTLD_NEXT, "dispatch_async_f");
    original(queue, context, work);
}

void dispatch_after_f(uint64_t when, void *queue, void *context, work work) {
    if (simulation.runs) return add_job(context, work, (int64_t)(when & (UINT64_MAX >> 2)) + 1 - process_time());
    void (*original)(uint64_t, void *, void *, void (*)(void *)) =
        (void (*)(uint64_t, void *, void *, void (*)(void *)))dlsym(RTLD_NEXT, "dispatch_after_f");
    original(when, queue, context, work);
}

void simulation_begin(uint64_t seed) {
    simulation.thread = pthread_self();
    simulation.runs = 1;
    process_simulate(seed);
    swift_task_enqueueGlobal_hook = enqueue;
    swift_task_enqueueMainExecutor_hook = enqueue;
    swift_task_enqueueGlobalWithDelay_hook = enqueue_after;
}

/// The next of those that sleep; the first to fall asleep if several wake up at once.
static size_t earliest(void) {
    entry *entries = simulation.later.entries;
    size_t result = 0;
    for (size_t index = 1; index < simulation.later.count; index++) {
        if (entries[index].due < entries[result].due ||
            (entries[index].due == entries[result].due && entries[index].number < entries[result].number)) {
            result = index;
        }
    }
    return result;
}

int simulation_step(void) {
    if (!simulation.ready.count) {
        if (!simulation.later.count) return 0;
        entry next = take(&simulation.later, earliest());
        process_advance(next.due);
        add(&simulation.ready, next);
    }
    while (simulation.later.count) {
        size_t index = earliest();
        if (simulation.later.entries[index].due > process_time()) break;
        add(&simulation.ready, take(&simulation.later, index));
    }
    entry next = take(&simulation.ready, simulation_random() % simulation.ready.count);
    // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/).
    uint64_t parts[] = {next.number, (uint64_t)process_time(), simulation.ready.count, simulation.later.count};
    for (size_t part = 0; part < 4; part++) simulation.digest = (simulation.digest ^ parts[part]) * 0x100000001b3;
    if (next.work) next.work(next.job); else swift_job_run(next.job, NULL, NULL);
    return 1;
}

int64_t simulation_time(void) { return process_time() - process_start; }
uint64_t simulation_digest(void) { return simulation.digest; }
void simulation_set_date(int64_t by) { process_set_date(by); }
uint64_t simulation_random(void) { return process_random(); }

void simulation_fix_addresses(char *const arguments[]) {
    int current = personality(0xffffffff);
    if (current < 0 || current & ADDR_NO_RANDOMIZE || personality(current | ADDR_NO_RANDOMIZE) < 0) return;
    setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1);
    execv("/proc/self/exe", arguments);
}
