// PNG and JPEG files decoded to bytes, rows one below the other, colours side by side (RGB). What libpng and libjpeg say of
// a broken file ends in a message; they are let neither print nor exit.
#ifndef DOWNHILL_CIMAGES_H
#define DOWNHILL_CIMAGES_H

#include <stddef.h>
#include <stdint.h>

#define DH_MESSAGE_SIZE 256

// An image that has been opened: its size is known, its pixels are not.
typedef struct {
  int rows;
  int columns;
  // A JPEG decodes itself smaller by a power of two, to no less than the size asked for.
  int decoded_rows;
  int decoded_columns;
  // That power: a decoded pixel stands for so many squared.
  int denominator;
} dh_image_size;

// Reads the header. `least` is the side that is wanted: a JPEG may then be decoded at a fraction of its size. 0 where it
// was done, else `message` says why not.
int dh_png_size(const uint8_t *bytes, size_t count, dh_image_size *size, char *message);
int dh_jpeg_size(const uint8_t *bytes, size_t count, int least, dh_image_size *size, char *message);

// Decodes into decoded_rows × decoded_columns × 3 bytes.
int dh_png_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity, char *message);
int dh_jpeg_decode(const uint8_t *bytes, size_t count, int least, uint8_t *pixels, size_t capacity, char *message);

#endif
