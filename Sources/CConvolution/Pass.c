#include "Pass.h"

#include <string.h>

static size_t rounded(size_t bytes) { return (bytes + 63) / 64 * 64; }

static size_t scratch_bytes(const_dnnl_primitive_desc_t description) {
  dh_layout layout = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
  return layout ? dnnl_memory_desc_get_size(layout) : 0;
}

int dh_pass_add(const machine *m, pass *p, int argument, dh_layout outer, dh_layout inner, int is_result) {
  operand *o = &p->operands[p->count];
  o->is_result = is_result;
  if (dnnl_memory_create(&o->outer, outer, m->engine, DNNL_MEMORY_NONE) != dnnl_success) return 1;
  o->inner = o->outer;
  if (!dnnl_memory_desc_equal(outer, inner)) {
    o->inner = NULL;
    if (dnnl_memory_create(&o->inner, inner, m->engine, DNNL_MEMORY_NONE) != dnnl_success) return 1;
    dnnl_primitive_desc_t description = NULL;
    if (dnnl_reorder_primitive_desc_create(&description, is_result ? inner : outer, m->engine,
                                           is_result ? outer : inner, m->engine, m->attributes) != dnnl_success)
      return 1;
    int failed = dnnl_primitive_create(&o->reorder, description) != dnnl_success;
    failed |=
        dnnl_memory_create(&o->reorder_scratch, dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0),
                           m->engine, DNNL_MEMORY_NONE) != dnnl_success;
    o->offset = p->workspace;
    p->workspace += rounded(dnnl_memory_desc_get_size(inner));
    o->scratch_offset = p->workspace;
    p->workspace += rounded(scratch_bytes(description));
    dnnl_primitive_desc_destroy(description);
    if (failed) return 1;
  }
  p->arguments[p->count].arg = argument;
  p->arguments[p->count].memory = o->inner;
  p->count++;
  return 0;
}

int dh_pass_finish(const machine *m, pass *p, dnnl_primitive_desc_t description) {
  if (dnnl_primitive_create(&p->primitive, description) != dnnl_success) return 1;
  if (dnnl_memory_create(&p->scratch, dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0), m->engine,
                         DNNL_MEMORY_NONE) != dnnl_success)
    return 1;
  p->arguments[p->count].arg = DNNL_ARG_SCRATCHPAD;
  p->arguments[p->count].memory = p->scratch;
  // The kernel's own memory lies behind that of the reorders.
  p->scratch_offset = p->workspace;
  p->workspace += rounded(scratch_bytes(description));
  const char *name = NULL;
  dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, (void *)&name);
  if (name) strncpy(p->name, name, sizeof p->name - 1);
  return 0;
}

static int reorder(const machine *m, operand *o) {
  dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, o->is_result ? o->inner : o->outer},
                                 {DNNL_ARG_TO, o->is_result ? o->outer : o->inner},
                                 {DNNL_ARG_SCRATCHPAD, o->reorder_scratch}};
  return dnnl_primitive_execute(o->reorder, m->stream, 3, arguments) != dnnl_success;
}

// Memory objects keep their addresses: a program's tensors lie where they lay in the step before.
static int point(dnnl_memory_t memory, void **known, void *address) {
  if (*known == address) return 0;
  *known = address;
  return dnnl_memory_set_data_handle(memory, address) != dnnl_success;
}

int dh_pass_run(const machine *m, pass *p, void *const *addresses, char *workspace) {
  if (!p->primitive) return 1;
  int failed = point(p->scratch, &p->scratch_at, workspace + p->scratch_offset);
  for (int i = 0; i < p->count; i++) {
    operand *o = &p->operands[i];
    failed |= point(o->outer, &o->outer_at, addresses[i]);
    if (!o->reorder) continue;
    failed |= point(o->inner, &o->inner_at, workspace + o->offset);
    failed |= point(o->reorder_scratch, &o->scratch_at, workspace + o->scratch_offset);
    if (!o->is_result) failed |= reorder(m, o);
  }
  failed |= dnnl_primitive_execute(p->primitive, m->stream, p->count + 1, p->arguments) != dnnl_success;
  for (int i = 0; i < p->count; i++)
    if (p->operands[i].reorder && p->operands[i].is_result) failed |= reorder(m, &p->operands[i]);
  return failed | (dnnl_stream_wait(m->stream) != dnnl_success);
}

void dh_pass_free(pass *p) {
  for (int i = 0; i < most_operands; i++) {
    operand *o = &p->operands[i];
    dnnl_primitive_destroy(o->reorder);
    dnnl_memory_destroy(o->reorder_scratch);
    if (o->inner != o->outer) dnnl_memory_destroy(o->inner);
    dnnl_memory_destroy(o->outer);
  }
  dnnl_memory_destroy(p->scratch);
  dnnl_primitive_destroy(p->primitive);
}
