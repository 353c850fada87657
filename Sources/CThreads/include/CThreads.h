// The team of threads that oneDNN runs on. Swift's clang brings no omp.h; these are the functions of libgomp that a
// loop of our own needs, so that it runs on threads which are awake already.
#ifndef DOWNHILL_CTHREADS_H
#define DOWNHILL_CTHREADS_H

#if defined(__linux__)
#define DH_HAS_TEAM 1
// Calls `body(data)` once on each of `count` threads, the caller among them, and returns when all have.
void GOMP_parallel(void (*body)(void *), void *data, unsigned count, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_procs(void);
// How many threads the loops of others take that the calling thread begins.
int omp_get_max_threads(void);
void omp_set_num_threads(int count);

// A Swift closure of one number as Swift passes it: a function, and what it captured in a register of its own.
typedef __attribute__((swiftcall)) void (*dh_team_body)(long worker, __attribute__((swift_context)) void *context);
// `GOMP_parallel` for such a closure, which stays on the caller's stack. To hand one to C as a pointer or as a block,
// Swift would allocate. Swift calls this by `TeamLoop.onTeam`'s declaration, not by this one.
__attribute__((swiftcall)) void dh_on_team(long count, dh_team_body body, void *context);
#else
#define DH_HAS_TEAM 0
#endif

#endif
