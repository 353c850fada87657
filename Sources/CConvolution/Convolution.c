#include "CConvolution.h"

#include <string.h>

#include "../COneDNN/primitives.h"

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

struct dh_convolution {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_primitive_attr_t attributes;
  pass passes[3];
};

static size_t rounded(size_t bytes) { return (bytes + 63) / 64 * 64; }

static size_t scratch_bytes(const_dnnl_primitive_desc_t description) {
  dh_layout layout = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
  return layout ? dnnl_memory_desc_get_size(layout) : 0;
}

// A tensor of the pass, with a reorder where the kernel wants it otherwise than the caller has it.
static int add_operand(dh_convolution *c, pass *p, int argument, dh_layout outer, dh_layout inner, int is_result) {
  operand *o = &p->operands[p->count];
  o->is_result = is_result;
  if (dnnl_memory_create(&o->outer, outer, c->engine, DNNL_MEMORY_NONE) != dnnl_success) return 1;
  o->inner = o->outer;
  if (!dnnl_memory_desc_equal(outer, inner)) {
    o->inner = NULL;
    if (dnnl_memory_create(&o->inner, inner, c->engine, DNNL_MEMORY_NONE) != dnnl_success) return 1;
    dnnl_primitive_desc_t description = NULL;
    if (dnnl_reorder_primitive_desc_create(&description, is_result ? inner : outer, c->engine,
                                           is_result ? outer : inner, c->engine, c->attributes) != dnnl_success)
      return 1;
    int failed = dnnl_primitive_create(&o->reorder, description) != dnnl_success;
    failed |= dnnl_memory_create(&o->reorder_scratch,
                                 dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0), c->engine,
                                 DNNL_MEMORY_NONE) != dnnl_success;
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

// The kernel of a pass whose tensors are known.
static int finish(dh_convolution *c, pass *p, dnnl_primitive_desc_t description) {
  if (dnnl_primitive_create(&p->primitive, description) != dnnl_success) return 1;
  if (dnnl_memory_create(&p->scratch, dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0), c->engine,
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

static dnnl_alg_kind_t algorithm(int winograd) { return winograd ? dnnl_convolution_winograd : dnnl_convolution_direct; }

typedef struct {
  // As the caller has them, and as kernels are asked for.
  dh_layout x, y, w, b, kernel_x, kernel_y, kernel_w;
  dnnl_dims_t strides, padding;
} layouts;

static int make_forward(dh_convolution *c, const dh_convolution_shape *s, const layouts *l,
                        dnnl_primitive_desc_t *forward) {
  for (int winograd = s->winograd; winograd >= 0 && !*forward; winograd--)
    *forward = dh_describe_forward(c->engine, algorithm(winograd), l->kernel_x, l->kernel_w, l->b, l->kernel_y,
                                   l->strides, l->padding, c->attributes);
  if (!*forward) return 1;
  pass *p = &c->passes[0];
  return add_operand(c, p, DNNL_ARG_SRC, l->x, dnnl_primitive_desc_query_md(*forward, dnnl_query_src_md, 0), 0) ||
         add_operand(c, p, DNNL_ARG_WEIGHTS, l->w, dnnl_primitive_desc_query_md(*forward, dnnl_query_weights_md, 0),
                     0) ||
         add_operand(c, p, DNNL_ARG_DST, l->y, dnnl_primitive_desc_query_md(*forward, dnnl_query_dst_md, 0), 1) ||
         (l->b && add_operand(c, p, DNNL_ARG_BIAS, l->b, l->b, 0)) || finish(c, p, *forward);
}

// A backward pass wants to know its forward pass; the algorithms of the two must agree.
static dnnl_primitive_desc_t hint(dh_convolution *c, const layouts *l, int winograd) {
  return dh_describe_forward(c->engine, algorithm(winograd), l->kernel_x, l->kernel_w, l->b, l->kernel_y, l->strides,
                             l->padding, c->attributes);
}

static int make_backward_data(dh_convolution *c, const dh_convolution_shape *s, const layouts *l) {
  dnnl_primitive_desc_t made = NULL;
  for (int winograd = s->winograd; winograd >= 0 && !made; winograd--) {
    dnnl_primitive_desc_t forward = hint(c, l, winograd);
    if (!forward) continue;
    made = dh_describe_backward_data(c->engine, algorithm(winograd), l->kernel_x, l->kernel_w, l->kernel_y, l->strides,
                                     l->padding, c->attributes, forward);
    dnnl_primitive_desc_destroy(forward);
  }
  if (!made) return 1;
  pass *p = &c->passes[1];
  int failed =
      add_operand(c, p, DNNL_ARG_WEIGHTS, l->w, dnnl_primitive_desc_query_md(made, dnnl_query_weights_md, 0), 0) ||
      add_operand(c, p, DNNL_ARG_DIFF_DST, l->y, dnnl_primitive_desc_query_md(made, dnnl_query_diff_dst_md, 0), 0) ||
      add_operand(c, p, DNNL_ARG_DIFF_SRC, l->x, dnnl_primitive_desc_query_md(made, dnnl_query_diff_src_md, 0), 1) ||
      finish(c, p, made);
  dnnl_primitive_desc_destroy(made);
  return failed;
}

static int make_backward_weights(dh_convolution *c, const dh_convolution_shape *s, const layouts *l) {
  dnnl_primitive_desc_t made = NULL;
  for (int winograd = s->winograd; winograd >= 0 && !made; winograd--) {
    dnnl_primitive_desc_t forward = hint(c, l, winograd);
    if (!forward) continue;
    made = dh_describe_backward_weights(c->engine, algorithm(winograd), l->kernel_x, l->kernel_w, l->b, l->kernel_y,
                                        l->strides, l->padding, c->attributes, forward);
    dnnl_primitive_desc_destroy(forward);
  }
  if (!made) return 1;
  pass *p = &c->passes[2];
  int failed =
      add_operand(c, p, DNNL_ARG_SRC, l->x, dnnl_primitive_desc_query_md(made, dnnl_query_src_md, 0), 0) ||
      add_operand(c, p, DNNL_ARG_DIFF_DST, l->y, dnnl_primitive_desc_query_md(made, dnnl_query_diff_dst_md, 0), 0) ||
      add_operand(c, p, DNNL_ARG_DIFF_WEIGHTS, l->w, dnnl_primitive_desc_query_md(made, dnnl_query_diff_weights_md, 0),
                  1) ||
      (l->b && add_operand(c, p, DNNL_ARG_DIFF_BIAS, l->b, l->b, 1)) || finish(c, p, made);
  dnnl_primitive_desc_destroy(made);
  return failed;
}

static int make_passes(dh_convolution *c, const dh_convolution_shape *s, const layouts *l) {
  dnnl_primitive_desc_t forward = NULL;
  int failed = make_forward(c, s, l, &forward) || (s->trains && make_backward_weights(c, s, l)) ||
               (s->trains && s->wants_input_gradient && make_backward_data(c, s, l));
  dnnl_primitive_desc_destroy(forward);
  return failed;
}

static int make(dh_convolution *c, const dh_convolution_shape *s) {
  if (dnnl_engine_create(&c->engine, dnnl_cpu, 0) != dnnl_success ||
      dnnl_stream_create(&c->stream, c->engine, dnnl_stream_default_flags) != dnnl_success ||
      dnnl_primitive_attr_create(&c->attributes) != dnnl_success ||
      dnnl_primitive_attr_set_scratchpad_mode(c->attributes, dnnl_scratchpad_mode_user) != dnnl_success)
    return 1;
  const dnnl_dims_t x = {s->batch, s->in, s->rows, s->columns};
  const dnnl_dims_t y = {s->batch, s->out, (s->rows + 2 * s->padding_rows - s->kernel_rows) / s->stride_rows + 1,
                         (s->columns + 2 * s->padding_columns - s->kernel_columns) / s->stride_columns + 1};
  const dnnl_dims_t w = {s->out, s->in, s->kernel_rows, s->kernel_columns}, b = {s->out};
  const dnnl_format_tag_t x_tag = s->x_is_blocked ? dnnl_nChw16c : dnnl_nchw;
  const dnnl_format_tag_t y_tag = s->y_is_blocked ? dnnl_nChw16c : dnnl_nchw;
  layouts l = {.x = dh_layout_make(4, x, x_tag),
               .y = dh_layout_make(4, y, y_tag),
               .w = dh_layout_make(4, w, dnnl_oihw),
               .b = s->has_bias ? dh_layout_make(1, b, dnnl_a) : NULL,
               .kernel_x = dh_layout_make(4, x, s->keeps_layout ? x_tag : dnnl_format_tag_any),
               .kernel_y = dh_layout_make(4, y, s->keeps_layout ? y_tag : dnnl_format_tag_any),
               .kernel_w = dh_layout_make(4, w, dnnl_format_tag_any),
               .strides = {s->stride_rows, s->stride_columns},
               .padding = {s->padding_rows, s->padding_columns}};
  int failed = !l.x || !l.y || !l.w || (s->has_bias && !l.b) || !l.kernel_x || !l.kernel_y || !l.kernel_w ||
               make_passes(c, s, &l);
  dh_layout all[] = {l.x, l.y, l.w, l.b, l.kernel_x, l.kernel_y, l.kernel_w};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) dh_layout_free(all[i]);
  return failed;
}

dh_convolution *dh_convolution_make(const dh_convolution_shape *shape) {
  dh_convolution *c = calloc(1, sizeof *c);
  if (!c || !make(c, shape)) return c;
  dh_convolution_free(c);
  return NULL;
}

void dh_convolution_free(dh_convolution *c) {
  if (!c) return;
  for (int i = 0; i < 3; i++) {
    pass *p = &c->passes[i];
    for (int j = 0; j < most_operands; j++) {
      operand *o = &p->operands[j];
      dnnl_primitive_destroy(o->reorder);
      dnnl_memory_destroy(o->reorder_scratch);
      if (o->inner != o->outer) dnnl_memory_destroy(o->inner);
      dnnl_memory_destroy(o->outer);
    }
    dnnl_memory_destroy(p->scratch);
    dnnl_primitive_destroy(p->primitive);
  }
  dnnl_primitive_attr_destroy(c->attributes);
  dnnl_stream_destroy(c->stream);
  dnnl_engine_destroy(c->engine);
  free(c);
}

size_t dh_convolution_workspace(const dh_convolution *c) {
  size_t most = 0;
  for (int i = 0; i < 3; i++) most = c->passes[i].workspace > most ? c->passes[i].workspace : most;
  return most;
}

const char *dh_convolution_kernel(const dh_convolution *c, int pass) { return c->passes[pass].name; }

static int reorder(dh_convolution *c, operand *o) {
  dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, o->is_result ? o->inner : o->outer},
                                 {DNNL_ARG_TO, o->is_result ? o->outer : o->inner},
                                 {DNNL_ARG_SCRATCHPAD, o->reorder_scratch}};
  return dnnl_primitive_execute(o->reorder, c->stream, 3, arguments) != dnnl_success;
}

// Memory objects keep their addresses: a program's tensors lie where they lay in the step before.
static int point(dnnl_memory_t memory, void **known, void *address) {
  if (*known == address) return 0;
  *known = address;
  return dnnl_memory_set_data_handle(memory, address) != dnnl_success;
}

static int run(dh_convolution *c, pass *p, void *const *addresses, char *workspace) {
  if (!p->primitive) return 1;
  int failed = point(p->scratch, &p->scratch_at, workspace + p->scratch_offset);
  for (int i = 0; i < p->count; i++) {
    operand *o = &p->operands[i];
    failed |= point(o->outer, &o->outer_at, addresses[i]);
    if (!o->reorder) continue;
    failed |= point(o->inner, &o->inner_at, workspace + o->offset);
    failed |= point(o->reorder_scratch, &o->scratch_at, workspace + o->scratch_offset);
    if (!o->is_result) failed |= reorder(c, o);
  }
  failed |= dnnl_primitive_execute(p->primitive, c->stream, p->count + 1, p->arguments) != dnnl_success;
  for (int i = 0; i < p->count; i++)
    if (p->operands[i].reorder && p->operands[i].is_result) failed |= reorder(c, &p->operands[i]);
  return failed | (dnnl_stream_wait(c->stream) != dnnl_success);
}

int dh_convolution_forward(dh_convolution *c, const float *x, const float *w, const float *b, float *y,
                           void *workspace) {
  void *const addresses[] = {(void *)x, (void *)w, y, (void *)b};
  return run(c, &c->passes[0], addresses, workspace);
}

int dh_convolution_backward_data(dh_convolution *c, const float *w, const float *dy, float *dx, void *workspace) {
  void *const addresses[] = {(void *)w, (void *)dy, dx};
  return run(c, &c->passes[1], addresses, workspace);
}

int dh_convolution_backward_weights(dh_convolution *c, const float *x, const float *dy, float *dw, float *db,
                                    void *workspace) {
  void *const addresses[] = {(void *)x, (void *)dy, dw, db};
  return run(c, &c->passes[2], addresses, workspace);
}
