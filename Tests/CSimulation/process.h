#include <stdint.h>

// What the process asks the operating system for: time and random numbers.

enum { process_start = 1000000000 };

/// From now on, time passes by `process_advance` only, and random numbers are those of a seed.
void process_simulate(uint64_t seed);

/// The time of the monotonic clocks, in nanoseconds.
int64_t process_time(void);
void process_advance(int64_t to);
void process_set_date(int64_t by);
uint64_t process_random(void);
