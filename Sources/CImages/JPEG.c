#include "CImages.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf back;
  char *message;
} error_manager;

static void fail(j_common_ptr decoder) {
  error_manager *manager = (error_manager *)decoder->err;
  char text[JMSG_LENGTH_MAX];
  manager->base.format_message(decoder, text);
  strncpy(manager->message, text, DH_MESSAGE_SIZE - 1);
  manager->message[DH_MESSAGE_SIZE - 1] = 0;
  longjmp(manager->back, 1);
}

// A warning means data that is broken or cut off; the library would fill it with grey. Trailing levels are traces.
static void emit(j_common_ptr decoder, int level) {
  if (level < 0) {
    fail(decoder);
  }
}

static void print_nothing(j_common_ptr decoder) { (void)decoder; }

static void begin(struct jpeg_decompress_struct *decoder, const uint8_t *bytes, size_t count, int least) {
  jpeg_mem_src(decoder, (unsigned char *)bytes, count);
  jpeg_read_header(decoder, TRUE);
  if (decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK) {
    decoder->out_color_space = JCS_CMYK;
  } else {
    decoder->out_color_space = JCS_RGB;
  }
  decoder->scale_num = 1;
  decoder->scale_denom = 1;
  if (least > 0) {
    for (int denominator = 8; denominator > 1; denominator /= 2) {
      if ((int)decoder->image_width / denominator >= least && (int)decoder->image_height / denominator >= least) {
        decoder->scale_denom = denominator;
        break;
      }
    }
  }
  // The same pixels whatever the processor and version.
  decoder->dct_method = JDCT_ISLOW;
  jpeg_calc_output_dimensions(decoder);
}

static void prepare(struct jpeg_decompress_struct *decoder, error_manager *manager, char *message) {
  decoder->err = jpeg_std_error(&manager->base);
  manager->base.error_exit = fail;
  manager->base.emit_message = emit;
  manager->base.output_message = print_nothing;
  manager->message = message;
}

int dh_jpeg_size(const uint8_t *bytes, size_t count, int least, dh_image_size *size, char *message) {
  struct jpeg_decompress_struct decoder;
  error_manager manager;
  memset(&decoder, 0, sizeof decoder);
  prepare(&decoder, &manager, message);
  if (setjmp(manager.back)) {
    jpeg_destroy_decompress(&decoder);
    return 1;
  }
  jpeg_create_decompress(&decoder);
  begin(&decoder, bytes, count, least);
  size->rows = (int)decoder.image_height;
  size->columns = (int)decoder.image_width;
  size->decoded_rows = (int)decoder.output_height;
  size->decoded_columns = (int)decoder.output_width;
  size->denominator = (int)decoder.scale_denom;
  jpeg_destroy_decompress(&decoder);
  return 0;
}

// CMYK as Adobe writes it, inverted, to RGB.
static void to_rgb(uint8_t *row, const uint8_t *cmyk, int columns) {
  for (int column = 0; column < columns; column++) {
    int black = cmyk[4 * column + 3];
    for (int colour = 0; colour < 3; colour++) {
      row[3 * column + colour] = (uint8_t)(cmyk[4 * column + colour] * black / 255);
    }
  }
}

int dh_jpeg_decode(const uint8_t *bytes, size_t count, int least, uint8_t *pixels, size_t capacity, char *message) {
  struct jpeg_decompress_struct decoder;
  error_manager manager;
  memset(&decoder, 0, sizeof decoder);
  prepare(&decoder, &manager, message);
  if (setjmp(manager.back)) {
    jpeg_destroy_decompress(&decoder);
    return 1;
  }
  jpeg_create_decompress(&decoder);
  begin(&decoder, bytes, count, least);
  jpeg_start_decompress(&decoder);
  size_t stride = (size_t)decoder.output_width * 3;
  if (stride * decoder.output_height > capacity) {
    strcpy(message, "it changed its size");
    jpeg_destroy_decompress(&decoder);
    return 1;
  }
  // Freed with the decoder.
  JSAMPARRAY cmyk = NULL;
  if (decoder.output_components == 4) {
    cmyk = decoder.mem->alloc_sarray((j_common_ptr)&decoder, JPOOL_IMAGE, decoder.output_width * 4, 1);
  }
  while (decoder.output_scanline < decoder.output_height) {
    uint8_t *row = pixels + stride * decoder.output_scanline;
    if (cmyk) {
      jpeg_read_scanlines(&decoder, cmyk, 1);
      to_rgb(row, cmyk[0], (int)decoder.output_width);
    } else {
      jpeg_read_scanlines(&decoder, &row, 1);
    }
  }
  jpeg_finish_decompress(&decoder);
  jpeg_destroy_decompress(&decoder);
  return 0;
}
