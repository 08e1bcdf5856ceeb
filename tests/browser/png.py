"""Screenshots as small files: PNG images of 256 colours at most."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

COLOURS = 256
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_Colour = tuple[int, int, int]


def size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    return struct.unpack(">II", png[16:24])


def packed(png: bytes) -> bytes:
    """The rows as the file has them, each after the byte that says how it is filtered."""
    at, data = len(_SIGNATURE), b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return zlib.decompress(data)


def smaller(png: bytes) -> bytes:
    """The same picture of eight-bit RGB by a palette: the most common colours, and for the rest those next to them."""
    width, height = size(png)
    rows = [[*zip(row[::3], row[1::3], row[2::3], strict=True)] for row in _rows(packed(png), 3 * width)]
    counts = Counter(colour for row in rows for colour in row)
    palette = [colour for colour, _ in counts.most_common(COLOURS)]
    number = {colour: at for at, colour in enumerate(palette)}
    number |= {colour: _nearest(colour, palette) for colour in counts if colour not in number}
    told = b"".join(b"\0" + bytes(number[colour] for colour in row) for row in rows)
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0),
        b"PLTE": bytes(part for colour in palette for part in colour),
        b"IDAT": zlib.compress(told, 9),
        b"IEND": b"",
    }
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks.items())


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _nearest(colour: _Colour, palette: list[_Colour]) -> int:
    return min(range(len(palette)), key=lambda at: sum((a - b) ** 2 for a, b in zip(colour, palette[at], strict=True)))


def _rows(data: bytes, length: int) -> Iterator[bytes]:
    """Rows without their filters (PNG's specification, section 9)."""
    above = bytes(length)
    for at in range(0, len(data), length + 1):
        kind, row = data[at], bytearray(data[at + 1 : at + 1 + length])
        for x in range(length) if kind else ():
            left, up, corner = (row[x - 3], above[x], above[x - 3]) if x > 2 else (0, above[x], 0)
            near = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
            row[x] = (row[x] + near) & 255
        above = bytes(row)
        yield above


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))
