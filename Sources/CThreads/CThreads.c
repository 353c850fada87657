#include "CThreads.h"

#if DH_HAS_TEAM
void GOMP_parallel(void (*body)(void *), void *data, unsigned count, unsigned flags);
int omp_get_thread_num(void);

typedef struct {
  long count, workers, longest, next;
  void (^body)(long first, long end, long worker);
} job;

static void work(void *data) {
  job *j = data;
  const long worker = omp_get_thread_num();
  long first = __atomic_load_n(&j->next, __ATOMIC_RELAXED);
  while (first < j->count) {
    long length = (j->count - first) / (4 * j->workers);
    length = length < 1 ? 1 : length > j->longest ? j->longest : length;
    if (!__atomic_compare_exchange_n(&j->next, &first, first + length, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) continue;
    j->body(first, first + length, worker);
    first = __atomic_load_n(&j->next, __ATOMIC_RELAXED);
  }
}

void dh_team_for(long count, long workers, long longest, void (^body)(long first, long end, long worker)) {
  job j = {.count = count, .workers = workers, .longest = longest, .body = body};
  GOMP_parallel(work, &j, (unsigned)workers, 0);
}
#endif
