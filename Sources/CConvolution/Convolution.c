#include "CConvolution.h"
#include "Pass.h"

struct dh_convolution {
  machine machine;
  pass passes[3];
};

static dnnl_alg_kind_t algorithm(int winograd) {
  return winograd ? dnnl_convolution_winograd : dnnl_convolution_direct;
}

typedef struct {
  // As the caller has them, and as kernels are asked for.
  dh_layout x, y, w, b, kernel_x, kernel_y, kernel_w;
  // What a pass makes is in float32 always.
  dh_layout made_x, made_y, made_w;
  dnnl_dims_t strides, padding;
} layouts;

static int make_forward(dh_convolution *c, const dh_convolution_shape *s, const layouts *l,
                        dnnl_primitive_desc_t *forward) {
  for (int winograd = s->winograd; winograd >= 0 && !*forward; winograd--)
    *forward = dh_describe_forward(c->machine.engine, algorithm(winograd), l->kernel_x, l->kernel_w, l->b, l->made_y,
                                   l->strides, l->padding, c->machine.attributes);
  if (!*forward) return 1;
  pass *p = &c->passes[0];
  return dh_pass_add(&c->machine, p, DNNL_ARG_SRC, l->x, dnnl_primitive_desc_query_md(*forward, dnnl_query_src_md, 0),
                     0) ||
         dh_pass_add(&c->machine, p, DNNL_ARG_WEIGHTS, l->w,
                     dnnl_primitive_desc_query_md(*forward, dnnl_query_weights_md, 0), 0) ||
         dh_pass_add(&c->machine, p, DNNL_ARG_DST, l->y, dnnl_primitive_desc_query_md(*forward, dnnl_query_dst_md, 0),
                     1) ||
         (l->b && dh_pass_add(&c->machine, p, DNNL_ARG_BIAS, l->b, l->b, 0)) ||
         dh_pass_finish(&c->machine, p, *forward);
}

// A backward pass wants to know its forward pass; the algorithms of the two must agree.
static dnnl_primitive_desc_t hint(dh_convolution *c, const layouts *l, int winograd) {
  return dh_describe_forward(c->machine.engine, algorithm(winograd), l->kernel_x, l->kernel_w, l->b, l->made_y,
                             l->strides, l->padding, c->machine.attributes);
}

static int make_backward_data(dh_convolution *c, const dh_convolution_shape *s, const layouts *l) {
  dnnl_primitive_desc_t made = NULL;
  for (int winograd = s->winograd; winograd >= 0 && !made; winograd--) {
    dnnl_primitive_desc_t forward = hint(c, l, winograd);
    if (!forward) continue;
    made = dh_describe_backward_data(c->machine.engine, algorithm(winograd), l->made_x, l->kernel_w, l->kernel_y,
                                     l->strides, l->padding, c->machine.attributes, forward);
    dnnl_primitive_desc_destroy(forward);
  }
  if (!made) return 1;
  pass *p = &c->passes[1];
  int failed = dh_pass_add(&c->machine, p, DNNL_ARG_WEIGHTS, l->w,
                           dnnl_primitive_desc_query_md(made, dnnl_query_weights_md, 0), 0) ||
               dh_pass_add(&c->machine, p, DNNL_ARG_DIFF_DST, l->y,
                           dnnl_primitive_desc_query_md(made, dnnl_query_diff_dst_md, 0), 0) ||
               dh_pass_add(&c->machine, p, DNNL_ARG_DIFF_SRC, l->x,
                           dnnl_primitive_desc_query_md(made, dnnl_query_diff_src_md, 0), 1) ||
               dh_pass_finish(&c->machine, p, made);
  dnnl_primitive_desc_destroy(made);
  return failed;
}

static int make_backward_weights(dh_convolution *c, const dh_convolution_shape *s, const layouts *l) {
  dnnl_primitive_desc_t made = NULL;
  for (int winograd = s->winograd; winograd >= 0 && !made; winograd--) {
    dnnl_primitive_desc_t forward = hint(c, l, winograd);
    if (!forward) continue;
    made = dh_describe_backward_weights(c->machine.engine, algorithm(winograd), l->kernel_x, l->made_w, l->b,
                                        l->kernel_y, l->strides, l->padding, c->machine.attributes, forward);
    dnnl_primitive_desc_destroy(forward);
  }
  if (!made) return 1;
  pass *p = &c->passes[2];
  int failed =
      dh_pass_add(&c->machine, p, DNNL_ARG_SRC, l->x, dnnl_primitive_desc_query_md(made, dnnl_query_src_md, 0), 0) ||
      dh_pass_add(&c->machine, p, DNNL_ARG_DIFF_DST, l->y,
                  dnnl_primitive_desc_query_md(made, dnnl_query_diff_dst_md, 0), 0) ||
      dh_pass_add(&c->machine, p, DNNL_ARG_DIFF_WEIGHTS, l->w,
                  dnnl_primitive_desc_query_md(made, dnnl_query_diff_weights_md, 0), 1) ||
      (l->b && dh_pass_add(&c->machine, p, DNNL_ARG_DIFF_BIAS, l->b, l->b, 1)) || dh_pass_finish(&c->machine, p, made);
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
  if (dnnl_engine_create(&c->machine.engine, dnnl_cpu, 0) != dnnl_success ||
      dnnl_stream_create(&c->machine.stream, c->machine.engine, dnnl_stream_default_flags) != dnnl_success ||
      dnnl_primitive_attr_create(&c->machine.attributes) != dnnl_success ||
      dnnl_primitive_attr_set_scratchpad_mode(c->machine.attributes, dnnl_scratchpad_mode_user) != dnnl_success)
    return 1;
  const dnnl_dims_t x = {s->batch, s->in, s->rows, s->columns};
  const dnnl_dims_t y = {s->batch, s->out, (s->rows + 2 * s->padding_rows - s->kernel_rows) / s->stride_rows + 1,
                         (s->columns + 2 * s->padding_columns - s->kernel_columns) / s->stride_columns + 1};
  const dnnl_dims_t w = {s->out, s->in, s->kernel_rows, s->kernel_columns}, b = {s->out};
  const dnnl_format_tag_t x_tag = s->x_is_blocked ? dnnl_nChw16c : dnnl_nchw;
  const dnnl_format_tag_t y_tag = s->y_is_blocked ? dnnl_nChw16c : dnnl_nchw;
  // The library may have been told to use less than the CPU has.
  const int isa = (int)dnnl_get_effective_cpu_isa(), core = dnnl_cpu_isa_avx512_core;
  const int keeps_layout = s->keeps_layout && (isa & core) == core;
  const dnnl_data_type_t type = s->is_narrow ? dnnl_bf16 : dnnl_f32;
  const dnnl_format_tag_t kernel_x = keeps_layout ? x_tag : dnnl_format_tag_any;
  const dnnl_format_tag_t kernel_y = keeps_layout ? y_tag : dnnl_format_tag_any;
  layouts l = {.x = dh_layout_make(4, x, dnnl_f32, x_tag),
               .y = dh_layout_make(4, y, dnnl_f32, y_tag),
               .w = dh_layout_make(4, w, dnnl_f32, dnnl_oihw),
               .b = s->has_bias ? dh_layout_make(1, b, dnnl_f32, dnnl_a) : NULL,
               .kernel_x = dh_layout_make(4, x, type, kernel_x),
               .kernel_y = dh_layout_make(4, y, type, kernel_y),
               .kernel_w = dh_layout_make(4, w, type, dnnl_format_tag_any),
               .made_x = dh_layout_make(4, x, dnnl_f32, kernel_x),
               .made_y = dh_layout_make(4, y, dnnl_f32, kernel_y),
               .made_w = dh_layout_make(4, w, dnnl_f32, dnnl_format_tag_any),
               .strides = {s->stride_rows, s->stride_columns},
               .padding = {s->padding_rows, s->padding_columns}};
  dh_layout all[] = {l.x, l.y, l.w, l.kernel_x, l.kernel_y, l.kernel_w, l.made_x, l.made_y, l.made_w};
  const size_t count = sizeof all / sizeof *all;
  int failed = s->has_bias && !l.b;
  for (size_t i = 0; i < count; i++) failed |= !all[i];
  failed = failed || make_passes(c, s, &l);
  for (size_t i = 0; i < count; i++) dh_layout_free(all[i]);
  dh_layout_free(l.b);
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
  for (int i = 0; i < 3; i++) dh_pass_free(&c->passes[i]);
  dnnl_primitive_attr_destroy(c->machine.attributes);
  dnnl_stream_destroy(c->machine.stream);
  dnnl_engine_destroy(c->machine.engine);
  free(c);
}

size_t dh_convolution_workspace(const dh_convolution *c) {
  size_t most = 0;
  for (int i = 0; i < 3; i++) most = c->passes[i].workspace > most ? c->passes[i].workspace : most;
  return most;
}

const char *dh_convolution_kernel(const dh_convolution *c, int pass) { return c->passes[pass].name; }

int dh_convolution_forward(dh_convolution *c, const float *x, const float *w, const float *b, float *y,
                           void *workspace) {
  void *const addresses[] = {(void *)x, (void *)w, y, (void *)b};
  return dh_pass_run(&c->machine, &c->passes[0], addresses, workspace);
}

int dh_convolution_backward_data(dh_convolution *c, const float *w, const float *dy, float *dx, void *workspace) {
  void *const addresses[] = {(void *)w, (void *)dy, dx};
  return dh_pass_run(&c->machine, &c->passes[1], addresses, workspace);
}

int dh_convolution_backward_weights(dh_convolution *c, const float *x, const float *dy, float *dw, float *db,
                                    void *workspace) {
  void *const addresses[] = {(void *)x, (void *)dy, dw, db};
  return dh_pass_run(&c->machine, &c->passes[2], addresses, workspace);
}
