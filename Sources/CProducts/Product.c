#include "CProducts.h"

#include "../COneDNN/primitives.h"

enum { operands = 4 };

struct dh_product {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_primitive_t primitive;
  dnnl_memory_t memories[operands];
  // Where each lay in the last run: a program's tensors stay where they are.
  void *places[operands];
  size_t workspace;
};

static int make(dh_product *p, dh_layout a, dh_layout b, dh_layout c, dnnl_primitive_attr_t attributes) {
  dnnl_primitive_desc_t description = dh_describe_product(p->engine, a, b, c, attributes);
  if (!description) return 1;
  dh_layout scratch = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
  p->workspace = scratch ? dnnl_memory_desc_get_size(scratch) : 0;
  dh_layout layouts[operands] = {a, b, c, scratch};
  int failed = dnnl_primitive_create(&p->primitive, description) != dnnl_success;
  for (int i = 0; i < operands && !failed; i++)
    failed = dnnl_memory_create(&p->memories[i], layouts[i], p->engine, DNNL_MEMORY_NONE) != dnnl_success;
  dnnl_primitive_desc_destroy(description);
  return failed;
}

static int prepare(dnnl_primitive_attr_t attributes, int adds) {
  if (dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) != dnnl_success) return 1;
  if (!adds) return 0;
  dnnl_post_ops_t operations = NULL;
  int failed = dnnl_post_ops_create(&operations) != dnnl_success ||
               dnnl_post_ops_append_sum(operations, 1.0f
#if DNNL_VERSION_MAJOR >= 3
                                        ,
                                        0, dnnl_data_type_undef
#endif
                                        ) != dnnl_success ||
               dnnl_primitive_attr_set_post_ops(attributes, operations) != dnnl_success;
  dnnl_post_ops_destroy(operations);
  return failed;
}

dh_product *dh_product_make(long m, long n, long k, int transposes_a, int transposes_b, int adds) {
  dh_product *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  dnnl_primitive_attr_t attributes = NULL;
  const dnnl_dims_t a_lengths = {m, k}, b_lengths = {k, n}, c_lengths = {m, n};
  dh_layout a = dh_layout_make(2, a_lengths, dnnl_bf16, transposes_a ? dnnl_ba : dnnl_ab);
  dh_layout b = dh_layout_make(2, b_lengths, dnnl_bf16, transposes_b ? dnnl_ba : dnnl_ab);
  dh_layout c = dh_layout_make(2, c_lengths, dnnl_f32, dnnl_ab);
  int failed = !a || !b || !c || dnnl_engine_create(&p->engine, dnnl_cpu, 0) != dnnl_success ||
               dnnl_stream_create(&p->stream, p->engine, dnnl_stream_default_flags) != dnnl_success ||
               dnnl_primitive_attr_create(&attributes) != dnnl_success || prepare(attributes, adds) ||
               make(p, a, b, c, attributes);
  dnnl_primitive_attr_destroy(attributes);
  dh_layout_free(a);
  dh_layout_free(b);
  dh_layout_free(c);
  if (!failed) return p;
  dh_product_free(p);
  return NULL;
}

void dh_product_free(dh_product *p) {
  if (!p) return;
  for (int i = 0; i < operands; i++) dnnl_memory_destroy(p->memories[i]);
  dnnl_primitive_destroy(p->primitive);
  dnnl_stream_destroy(p->stream);
  dnnl_engine_destroy(p->engine);
  free(p);
}

size_t dh_product_workspace(const dh_product *p) { return p->workspace; }

int dh_product_run(dh_product *p, const uint16_t *a, const uint16_t *b, float *c, void *workspace) {
  void *const places[operands] = {(void *)a, (void *)b, c, workspace};
  for (int i = 0; i < operands; i++) {
    if (p->places[i] == places[i]) continue;
    if (dnnl_memory_set_data_handle(p->memories[i], places[i]) != dnnl_success) return 1;
    p->places[i] = places[i];
  }
  const dnnl_exec_arg_t arguments[operands] = {{DNNL_ARG_SRC, p->memories[0]},
                                               {DNNL_ARG_WEIGHTS, p->memories[1]},
                                               {DNNL_ARG_DST, p->memories[2]},
                                               {DNNL_ARG_SCRATCHPAD, p->memories[3]}};
  return dnnl_primitive_execute(p->primitive, p->stream, operands, arguments) != dnnl_success ||
         dnnl_stream_wait(p->stream) != dnnl_success;
}
