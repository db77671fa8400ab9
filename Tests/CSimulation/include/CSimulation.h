#include <stdint.h>

// Runs all tasks of a process on one thread, in an order that a seed decides, on time that passes only when nothing can run, and with
// random numbers that the seed repeats. It replaces the hooks of the Swift runtime's global executor, and what the runtime and the C library
// ask the operating system for: the time, random numbers, and `dispatch_after_f`, by which tasks sleep. Only a program of its own may link
// this.

/// Begins the simulation on the calling thread, at the same time and date whatever the seed.
void simulation_begin(uint64_t seed);

/// Runs one job. If none can run, time passes until the next one can.
/// Returns 0 if there is none.
int simulation_step(void);

/// The time since the simulation began, in nanoseconds.
int64_t simulation_time(void);

/// Sets the date forward, or back, by nanoseconds. The time that tasks sleep is not affected.
void simulation_set_date(int64_t by);

/// A number that depends on all jobs that have run, on their order and times.
uint64_t simulation_digest(void);

/// Returns the next random number of the simulation itself.
uint64_t simulation_random(void);

/// Starts the process again with its memory at the same addresses as always, on which the order of some collections depends. Returns at
/// once if they are, or cannot be.
void simulation_fix_addresses(char *const arguments[]);
