#!/usr/bin/python3
"""Makes the receipt's fonts again, in this folder, from Debian's
fonts-dejavu-core (needs python3-fonttools).

Two files a weight: Latin, which nearly every receipt gets by with, and More
(Latin extended, Greek, Cyrillic). lib/adapter/pdf.c says which block of
Unicode is in which. libharu embeds only the glyphs in use, but the tables
that count all of them whole, so small files make small and quick receipts.
No hinting, no layout tables, no glyph names: no receipt uses them.
"""
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FROM = "/usr/share/fonts/truetype/dejavu/"
ASCII = range(0x20, 0x7F)
WIN_ANSI = [ord(c) for c in bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")]
LATIN = [*ASCII, *WIN_ANSI, *range(0xA0, 0x180),
         *range(0x2002, 0x200B), *range(0x2010, 0x2028),
         *range(0x202F, 0x205F), *range(0x2070, 0x20A0),
         *range(0x20A0, 0x20C0),  # currency signs
         0x2116, 0x2122, 0x2126, *range(0x2153, 0x215F), 0xFFFD]
MORE = [*ASCII, *range(0x180, 0x250), 0x259, *range(0x2B9, 0x2DE),
        *range(0x300, 0x370),  # combining marks
        *range(0x370, 0x400), *range(0x1F00, 0x2000),  # Greek
        *range(0x400, 0x530),  # Cyrillic
        *range(0x1E00, 0x1F00),  # Latin, Vietnamese too
        *range(0x2190, 0x2194), 0x2212, 0x221E, 0x2248, 0x2260, 0x2264,
        0x2265]


def make_plain(font):
    """Glyphs made of other glyphs become outlines of their own: libharu 2.3
    loses the parts of parts (the acute of U+1EBF)."""
    glyphs = font.getGlyphSet()
    outlines = {}
    for name in font.getGlyphOrder():
        if font["glyf"][name].isComposite():
            parts = DecomposingRecordingPen(glyphs)
            glyphs[name].draw(parts)
            pen = TTGlyphPen(None)
            parts.replay(pen)
            outlines[name] = pen.glyph()
    for name, outline in outlines.items():
        font["glyf"][name] = outline


def make(name, part, unicodes):
    font = TTFont(FROM + name + ".ttf", recalcTimestamp=False)
    make_plain(font)
    options = Options(hinting=False, layout_features=[], glyph_names=False,
                      notdef_outline=True, name_IDs=[1, 2, 4, 6])
    options.drop_tables += ["GDEF", "GPOS", "GSUB", "MATH", "kern", "gasp",
                            "FFTM"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=unicodes)
    subsetter.subset(font)
    for record in font["name"].names:  # libharu knows fonts by their names
        if record.nameID != 2:
            record.string = name + "-" + part
    font.save(name + "-" + part + ".ttf")


for weight in ("DejaVuSans", "DejaVuSans-Bold"):
    make(weight, "Latin", LATIN)
    make(weight, "More", MORE)
with open("LICENSE", "w", encoding="utf-8") as out:
    licence = TTFont(FROM + "DejaVuSans.ttf")["name"].getDebugName(13)
    out.write(licence.strip() + "\n")
