"""Small PNG and JPEG files of every kind, and their pixels by Pillow: writes Tests/Fixtures/images.

    python Tools/golden/images.py
"""

import json
import random
from pathlib import Path

import PIL
from PIL import Image

FOLDER = Path(__file__).resolve().parents[2] / "Tests/Fixtures/images"
SIDE = 8


def picture(columns: int, rows: int, seed: int) -> Image.Image:
    generator = random.Random(seed)
    phases = [generator.random() * 6 for _ in range(6)]
    image = Image.new("RGB", (columns, rows))
    for y in range(rows):
        for x in range(columns):
            colours = [(x * (1 + c) * 255 // columns + y * (3 - c) * 128 // rows + int(phases[c] * 40)) % 256 for c in range(3)]
            image.putpixel((x, y), tuple(colours))
    return image


def smooth(columns: int, rows: int) -> Image.Image:
    image = Image.new("RGB", (columns, rows))
    for y in range(rows):
        for x in range(columns):
            image.putpixel((x, y), (x * 255 // columns, y * 255 // rows, (x + y) * 127 // (columns + rows) + 64))
    return image


def square(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.Resampling.BILINEAR)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    rgb = picture(11, 9, 1)
    images = {
        "rgb.png": (rgb, {}), "grey.png": (rgb.convert("L"), {}), "palette.png": (rgb.quantize(32), {}),
        "bit.png": (rgb.convert("1"), {}), "exact.png": (picture(8, 8, 2), {}), "small.png": (picture(3, 5, 3), {}),
        "tall.png": (picture(8, 30, 4), {}), "dot.png": (picture(1, 1, 5), {}),
        "smooth.jpg": (smooth(13, 15), {"quality": 95}), "grey.jpg": (smooth(10, 10).convert("L"), {"quality": 95}),
        "progressive.jpeg": (smooth(15, 12), {"quality": 95, "progressive": True}),
        "cmyk.jpg": (smooth(12, 12).convert("CMYK"), {"quality": 95}), "large.jpg": (smooth(90, 70), {"quality": 95}),
    }
    expected = {}
    for name, (image, options) in images.items():
        image.save(FOLDER / name, **options)
        read = square(Image.open(FOLDER / name).convert("RGB"))
        planes = [list(read.getchannel(channel).tobytes()) for channel in range(3)]
        expected[name] = sum(planes, [])
    with open(FOLDER / "pixels.json", "w") as file:
        lines = ",\n".join(f'"{name}": {json.dumps(pixels)}' for name, pixels in expected.items())
        file.write(f'{{"side": {SIDE}, "pixels": {{\n{lines}\n}}}}\n')
    print("Pillow", PIL.__version__)


if __name__ == "__main__":
    main()
