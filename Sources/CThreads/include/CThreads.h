// The team of threads that oneDNN runs on. Swift's clang brings no omp.h; these are the functions of libgomp that a
// loop of our own needs, so that it runs on threads which are awake already.
#ifndef DOWNHILL_CTHREADS_H
#define DOWNHILL_CTHREADS_H

#if defined(__linux__)
#define DH_HAS_TEAM 1
// Runs the numbers below `count` on a team of `workers`, the caller among them, and returns when all are done. Each worker
// takes the next run of them, of at most `longest` and ever shorter, so that all end together. A block that does not
// escape stays on the stack, where Swift's own way to C takes memory for every call.
void dh_team_for(long count, long workers, long longest,
                 __attribute__((noescape)) void (^body)(long first, long end, long worker));
int omp_get_num_procs(void);
// How many threads the loops of others take that the calling thread begins.
int omp_get_max_threads(void);
void omp_set_num_threads(int count);
#else
#define DH_HAS_TEAM 0
#endif

#endif
