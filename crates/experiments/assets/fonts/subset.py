"""Makes the two bundled fonts from DejaVu Sans (Debian: fonts-dejavu-core; needs fonttools).

Three changes beside the subsetting to Latin, Greek and a few signs, each for the rasterizer of plotters 0.3:
1. It drops the left bearing of every glyph, so each outline gets a point of no area at x = 0.
2. It sizes by line height and its SVG by 1.24 em, so the line height becomes 1.24 em: both agree.
3. No hinting and no tables that it does not read: 40 kB a font.

    python3 subset.py /usr/share/fonts/truetype/dejavu
"""
import sys
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

RANGES = [(0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3C9), (0x2000, 0x200A), (0x2010, 0x2026), (0x2070, 0x208E), (0x2190, 0x2193)]
SIGNS = [0x202F, 0x2030, 0x2039, 0x203A, 0x2208, 0x2211, 0x2212, 0x221A, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265, 0x22C5,
         0x25A0, 0x25B2, 0x25B6, 0x25BC, 0x25CF]

for source, target, style in [("DejaVuSans", "livenet-sans", "Regular"), ("DejaVuSans-Bold", "livenet-sans-bold", "Bold")]:
    font = TTFont(f"{sys.argv[1]}/{source}.ttf", recalcTimestamp=False)
    options = subset.Options(hinting=False, layout_features=["kern"], notdef_outline=True, name_IDs=[0, 1, 2, 4, 6, 13, 14])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "FFTM"]
    options.legacy_kern = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[c for a, b in RANGES for c in range(a, b + 1)] + SIGNS)
    subsetter.subset(font)
    glyphs = font.getGlyphSet()
    plain = {}
    for name in font.getGlyphOrder():
        if font["glyf"][name].numberOfContours == 0:
            continue
        record = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(record)
        pen = TTGlyphPen(None)
        record.replay(pen)
        pen.moveTo((0, 0)), pen.lineTo((1, 0)), pen.lineTo((0, 0)), pen.closePath()
        plain[name] = pen.glyph()
    for name, glyph in plain.items():
        font["glyf"][name] = glyph
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (font["hmtx"][name][0], glyph.xMin)
    em = font["head"].unitsPerEm
    for table, up, down in [("hhea", "ascent", "descent")]:
        setattr(font[table], up, round(0.97 * em))
        setattr(font[table], down, -round(1.24 * em) + round(0.97 * em))
        font[table].lineGap = 0
    font["OS/2"].sTypoAscender, font["OS/2"].sTypoDescender, font["OS/2"].sTypoLineGap = font["hhea"].ascent, font["hhea"].descent, 0
    font["OS/2"].fsSelection &= ~(1 << 7)
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            record.string = {1: "Livenet Sans", 4: f"Livenet Sans {style}", 6: f"LivenetSans-{style}"}[record.nameID]
    font.save(f"{target}.ttf")
