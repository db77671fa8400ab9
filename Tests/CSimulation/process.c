#define _GNU_SOURCE
#include "process.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { second = 1000000000, first_date = 1800000000 };

static struct {
    int is_simulated;
    int64_t time, date;
    uint64_t random;
} state;

void process_simulate(uint64_t seed) {
    state.is_simulated = 1;
    state.time = process_start;
    state.random = seed;
}

int64_t process_time(void) { return state.time; }
void process_advance(int64_t to) { state.time = to > state.time ? to : state.time; }
void process_set_date(int64_t by) { state.date += by; }

/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
uint64_t process_random(void) {
    uint64_t mixed = state.random += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

static int64_t date(void) { return state.time + state.date; }

// The executable's functions come before those of the libraries, for the libraries too.

int clock_gettime(clockid_t clock, struct timespec *result) {
    if (!state.is_simulated) {
        int (*original)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
        return original(clock, result);
    }
    int64_t time = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ? date() : state.time;
    result->tv_sec = time / second + (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ? first_date : 0);
    result->tv_nsec = time % second;
    return 0;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
    (void)zone;
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    result->tv_sec = time.tv_sec;
    result->tv_usec = time.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    if (result) *result = time.tv_sec;
    return time.tv_sec;
}

static long fill(unsigned char *bytes, size_t count) {
    for (size_t index = 0; index < count; index++) bytes[index] = (unsigned char)(process_random() >> 56);
    return (long)count;
}

/// The Swift standard library gets its random numbers by `getrandom` (stdlib/public/stubs/Random.cpp). Before the simulation begins, they
/// are constant too.
long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long arguments[6];
    for (int index = 0; index < 6; index++) arguments[index] = va_arg(list, long);
    va_end(list);
    if (number == SYS_getrandom) return fill((unsigned char *)arguments[0], (size_t)arguments[1]);
    long (*original)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    return original(
        number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}
