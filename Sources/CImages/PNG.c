#include "CImages.h"

#include <png.h>
#include <string.h>

static int fail(png_image *image, char *message) {
  strncpy(message, image->message, DH_MESSAGE_SIZE - 1);
  message[DH_MESSAGE_SIZE - 1] = 0;
  png_image_free(image);
  return 1;
}

static int begin(png_image *image, const uint8_t *bytes, size_t count, char *message) {
  memset(image, 0, sizeof *image);
  image->version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(image, bytes, count)) return fail(image, message);
  return 0;
}

int dh_png_size(const uint8_t *bytes, size_t count, dh_image_size *size, char *message) {
  png_image image;
  if (begin(&image, bytes, count, message)) return 1;
  size->rows = size->decoded_rows = (int)image.height;
  size->columns = size->decoded_columns = (int)image.width;
  size->denominator = 1;
  png_image_free(&image);
  return 0;
}

int dh_png_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity, char *message) {
  png_image image;
  if (begin(&image, bytes, count, message)) return 1;
  image.format = PNG_FORMAT_RGB;
  if ((size_t)image.width * image.height * 3 > capacity) {
    strcpy(message, "it changed its size");
    png_image_free(&image);
    return 1;
  }
  // What is transparent is seen before black.
  png_color black = {0, 0, 0};
  if (!png_image_finish_read(&image, &black, pixels, 0, NULL)) return fail(&image, message);
  // With a warning, the pixels are there all the same.
  png_image_free(&image);
  return 0;
}
