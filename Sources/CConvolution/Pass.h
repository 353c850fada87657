// One pass of a convolution: a kernel, its tensors, and the reorders around it.
#ifndef DOWNHILL_PASS_H
#define DOWNHILL_PASS_H

#include "../COneDNN/primitives.h"

typedef struct {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_primitive_attr_t attributes;
} machine;

// A tensor of a pass: where the caller has it, and where the kernel wants it.
typedef struct {
  int is_result;
  dnnl_memory_t outer, inner;
  // NULL where the layouts agree: then `inner` is `outer`.
  dnnl_primitive_t reorder;
  dnnl_memory_t reorder_scratch;
  size_t offset, scratch_offset;
  void *outer_at, *inner_at, *scratch_at;
} operand;

enum { most_operands = 4 };

typedef struct {
  dnnl_primitive_t primitive;
  operand operands[most_operands];
  int count;
  dnnl_exec_arg_t arguments[most_operands + 1];
  dnnl_memory_t scratch;
  void *scratch_at;
  size_t scratch_offset, workspace;
  char name[64];
} pass;

// A tensor of the pass, with a reorder where the kernel wants it otherwise than the caller has it. 0 where it was made.
int dh_pass_add(const machine *m, pass *p, int argument, dh_layout outer, dh_layout inner, int is_result);
// The kernel of a pass whose tensors are known.
int dh_pass_finish(const machine *m, pass *p, dnnl_primitive_desc_t description);
// Addresses are those of the tensors, in the order in which they were added.
int dh_pass_run(const machine *m, pass *p, void *const *addresses, char *workspace);
void dh_pass_free(pass *p);

#endif
