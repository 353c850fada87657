// What the interfaces of oneDNN 2 and 3 say differently about descriptions of memory, of convolutions and of products.
#ifndef DOWNHILL_CONEDNN_PRIMITIVES_H
#define DOWNHILL_CONEDNN_PRIMITIVES_H

#include <dnnl.h>
#include <stdlib.h>

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t dh_layout;

static inline dh_layout dh_layout_make(int count, const dnnl_dims_t lengths, dnnl_data_type_t type,
                                       dnnl_format_tag_t tag) {
  dnnl_memory_desc_t layout = NULL;
  return dnnl_memory_desc_create_with_tag(&layout, count, lengths, type, tag) == dnnl_success ? layout : NULL;
}
static inline void dh_layout_free(dh_layout layout) {
  if (layout) dnnl_memory_desc_destroy((dnnl_memory_desc_t)layout);
}
static inline dnnl_primitive_desc_t dh_describe_forward(dnnl_engine_t engine, dnnl_alg_kind_t algorithm, dh_layout x,
                                                        dh_layout w, dh_layout b, dh_layout y,
                                                        const dnnl_dims_t strides, const dnnl_dims_t padding,
                                                        const_dnnl_primitive_attr_t attributes) {
  const dnnl_dims_t dilates = {0, 0};
  dnnl_primitive_desc_t made = NULL;
  dnnl_status_t status =
      dnnl_convolution_forward_primitive_desc_create(&made, engine, dnnl_forward_training, algorithm, x, w, b, y,
                                                     strides, dilates, padding, padding, attributes);
  return status == dnnl_success ? made : NULL;
}
static inline dnnl_primitive_desc_t dh_describe_backward_data(dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
                                                              dh_layout dx, dh_layout w, dh_layout dy,
                                                              const dnnl_dims_t strides, const dnnl_dims_t padding,
                                                              const_dnnl_primitive_attr_t attributes,
                                                              const_dnnl_primitive_desc_t forward) {
  const dnnl_dims_t dilates = {0, 0};
  dnnl_primitive_desc_t made = NULL;
  dnnl_status_t status = dnnl_convolution_backward_data_primitive_desc_create(
      &made, engine, algorithm, dx, w, dy, strides, dilates, padding, padding, forward, attributes);
  return status == dnnl_success ? made : NULL;
}
static inline dnnl_primitive_desc_t dh_describe_backward_weights(dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
                                                                 dh_layout x, dh_layout dw, dh_layout db, dh_layout dy,
                                                                 const dnnl_dims_t strides, const dnnl_dims_t padding,
                                                                 const_dnnl_primitive_attr_t attributes,
                                                                 const_dnnl_primitive_desc_t forward) {
  const dnnl_dims_t dilates = {0, 0};
  dnnl_primitive_desc_t made = NULL;
  dnnl_status_t status = dnnl_convolution_backward_weights_primitive_desc_create(
      &made, engine, algorithm, x, dw, db, dy, strides, dilates, padding, padding, forward, attributes);
  return status == dnnl_success ? made : NULL;
}
static inline dnnl_primitive_desc_t dh_describe_product(dnnl_engine_t engine, dh_layout a, dh_layout b, dh_layout c,
                                                        const_dnnl_primitive_attr_t attributes) {
  dnnl_primitive_desc_t made = NULL;
  dnnl_status_t status = dnnl_matmul_primitive_desc_create(&made, engine, a, b, NULL, c, attributes);
  return status == dnnl_success ? made : NULL;
}
#else
typedef const dnnl_memory_desc_t *dh_layout;

static inline dh_layout dh_layout_make(int count, const dnnl_dims_t lengths, dnnl_data_type_t type,
                                       dnnl_format_tag_t tag) {
  dnnl_memory_desc_t *layout = malloc(sizeof *layout);
  if (layout && dnnl_memory_desc_init_by_tag(layout, count, lengths, type, tag) == dnnl_success) return layout;
  free(layout);
  return NULL;
}
static inline void dh_layout_free(dh_layout layout) { free((void *)layout); }
static inline dnnl_primitive_desc_t dh_describe(dnnl_engine_t engine, const dnnl_convolution_desc_t *operation,
                                                const_dnnl_primitive_attr_t attributes,
                                                const_dnnl_primitive_desc_t forward) {
  dnnl_primitive_desc_t made = NULL;
  return dnnl_primitive_desc_create(&made, operation, attributes, engine, forward) == dnnl_success ? made : NULL;
}
static inline dnnl_primitive_desc_t dh_describe_forward(dnnl_engine_t engine, dnnl_alg_kind_t algorithm, dh_layout x,
                                                        dh_layout w, dh_layout b, dh_layout y,
                                                        const dnnl_dims_t strides, const dnnl_dims_t padding,
                                                        const_dnnl_primitive_attr_t attributes) {
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_convolution_forward_desc_init(&operation, dnnl_forward_training, algorithm, x, w, b, y,
                                                            strides, padding, padding);
  return status == dnnl_success ? dh_describe(engine, &operation, attributes, NULL) : NULL;
}
static inline dnnl_primitive_desc_t dh_describe_backward_data(dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
                                                              dh_layout dx, dh_layout w, dh_layout dy,
                                                              const dnnl_dims_t strides, const dnnl_dims_t padding,
                                                              const_dnnl_primitive_attr_t attributes,
                                                              const_dnnl_primitive_desc_t forward) {
  dnnl_convolution_desc_t operation;
  dnnl_status_t status =
      dnnl_convolution_backward_data_desc_init(&operation, algorithm, dx, w, dy, strides, padding, padding);
  return status == dnnl_success ? dh_describe(engine, &operation, attributes, forward) : NULL;
}
static inline dnnl_primitive_desc_t dh_describe_backward_weights(dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
                                                                 dh_layout x, dh_layout dw, dh_layout db, dh_layout dy,
                                                                 const dnnl_dims_t strides, const dnnl_dims_t padding,
                                                                 const_dnnl_primitive_attr_t attributes,
                                                                 const_dnnl_primitive_desc_t forward) {
  dnnl_convolution_desc_t operation;
  dnnl_status_t status =
      dnnl_convolution_backward_weights_desc_init(&operation, algorithm, x, dw, db, dy, strides, padding, padding);
  return status == dnnl_success ? dh_describe(engine, &operation, attributes, forward) : NULL;
}
static inline dnnl_primitive_desc_t dh_describe_product(dnnl_engine_t engine, dh_layout a, dh_layout b, dh_layout c,
                                                        const_dnnl_primitive_attr_t attributes) {
  dnnl_matmul_desc_t operation;
  if (dnnl_matmul_desc_init(&operation, a, b, NULL, c) != dnnl_success) return NULL;
  dnnl_primitive_desc_t made = NULL;
  return dnnl_primitive_desc_create(&made, &operation, attributes, engine, NULL) == dnnl_success ? made : NULL;
}
#endif

#endif
