#include "CThreads.h"

#if DH_HAS_TEAM
typedef struct {
  dh_team_body body;
  void *context;
} job;

static void run(void *data) {
  job *mine = data;
  mine->body(omp_get_thread_num(), mine->context);
}

void dh_on_team(long count, dh_team_body body, void *context) {
  job mine = {body, context};
  GOMP_parallel(run, &mine, (unsigned)count, 0);
}
#endif
