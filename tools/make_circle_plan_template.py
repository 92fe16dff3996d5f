"""Make templates/circle_plan.docx: the page, the grid and the styles of GB/T 9704-2012.

A bureau that wants another look opens the .docx in Word, changes the styles and saves it; the
code only names styles, so nothing else needs to change. Run this script to get the original back.
"""

from pathlib import Path

from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.shared import Pt
from docx.shared import RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

HERE = Path(__file__).resolve().parent.parent / "src" / "livingcircle" / "documents" / "templates"
LINE = 28.95  # 225 mm of text divided into 22 lines
# 156 mm divided into 28 characters is 15.79 pt each: letters of 16 pt stand 0.25 pt closer. A
# character grid would say the same, but LibreOffice and WPS each read it in their own way.
CLOSER = -5  # in twentieths of a point
STYLES = (
    # name, typeface, size, bold, alignment, indent in characters, exact line
    ("公文标题", "方正小标宋简体", 22, False, WD_ALIGN_PARAGRAPH.CENTER, 0, 35.0),
    ("公文副题", "楷体_GB2312", 16, False, WD_ALIGN_PARAGRAPH.CENTER, 0, LINE),
    ("一级标题", "黑体", 16, False, WD_ALIGN_PARAGRAPH.LEFT, 2, LINE),
    ("二级标题", "楷体_GB2312", 16, False, WD_ALIGN_PARAGRAPH.LEFT, 2, LINE),
    ("公文正文", "仿宋_GB2312", 16, False, WD_ALIGN_PARAGRAPH.JUSTIFY, 2, LINE),
    ("图表题", "黑体", 12, False, WD_ALIGN_PARAGRAPH.CENTER, 0, 20.0),
    ("表头", "黑体", 10.5, False, WD_ALIGN_PARAGRAPH.CENTER, 0, 16.0),
    ("表格文字", "仿宋_GB2312", 10.5, False, WD_ALIGN_PARAGRAPH.LEFT, 0, 16.0),
    ("表格数字", "仿宋_GB2312", 10.5, False, WD_ALIGN_PARAGRAPH.RIGHT, 0, 16.0),
    ("图", "仿宋_GB2312", 10.5, False, WD_ALIGN_PARAGRAPH.CENTER, 0, 0.0),
    ("附注", "仿宋_GB2312", 10.5, False, WD_ALIGN_PARAGRAPH.JUSTIFY, 0, 16.0),
)


def typeface(style: ParagraphStyle, name: str, size: float) -> None:
    """Set the Chinese and the Latin typeface of a style."""
    style.font.name = "Times New Roman"
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        if fonts.get(qn(theme)) is not None:
            del fonts.attrib[qn(theme)]


def add_styles(document: DocumentFile) -> None:
    """Add the styles the sheets name."""
    typeface(document.styles["Normal"], "仿宋_GB2312", 16)
    for name, face, size, bold, align, indent, line in STYLES:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.quick_style = True
        typeface(style, face, size)
        style.font.bold = bold
        layout = style.paragraph_format
        layout.alignment = align
        layout.space_before = layout.space_after = Pt(0)
        if line:
            layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            layout.line_spacing = Pt(line)
        if indent:
            space = style.element.get_or_add_pPr().get_or_add_ind()
            space.set(qn("w:firstLineChars"), str(indent * 100))
            space.set(qn("w:firstLine"), str(int(indent * size * 20)))
        if name.startswith("表") or name in {"图", "图表题", "附注"}:
            add_property(style, "w:snapToGrid", "0")
        if size == 16:  # noqa: PLR2004 - 三号
            closer = OxmlElement("w:spacing")
            closer.set(qn("w:val"), str(CLOSER))
            style.element.get_or_add_rPr().append(closer)
        if name in {"一级标题", "二级标题", "图表题"}:
            layout.keep_with_next = True
    for name, level in (("一级标题", 0), ("二级标题", 1)):
        add_property(document.styles[name], "w:outlineLvl", str(level))


def add_property(style: ParagraphStyle, name: str, value: str) -> None:
    """Add a paragraph property that python-docx has no name for, in the schema's order."""
    element = OxmlElement(name)
    element.set(qn("w:val"), value)
    later = [qn(tag) for tag in ("w:spacing", "w:ind", "w:jc", "w:outlineLvl")]
    properties = style.element.get_or_add_pPr()
    follower = next((e for e in properties if name == "w:snapToGrid" and e.tag in later), None)
    if follower is None:
        properties.append(element)
    else:
        follower.addprevious(element)


def drop_unused_styles(document: DocumentFile) -> None:
    """Keep only what the sheets use; every paragraph looks its style up among the rest."""
    wanted = {"Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid"}
    wanted |= {"header", "footer", "Header", "Footer", "Header Char", "Footer Char"}
    for style in list(document.styles):
        if style.name not in wanted:
            style.element.getparent().remove(style.element)
    for element in document.styles.element.findall(qn("w:latentStyles")):
        document.styles.element.remove(element)


def set_page(document: DocumentFile) -> None:
    """Set A4, the margins, 22 lines a page, and page numbers that alternate."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(28)
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001 - python-docx has no grid API
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)  # noqa: SLF001
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(int(LINE * 20)))
    document.settings.odd_and_even_pages_header_footer = True
    page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def page_number(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    """Write — 1 — in size four, one character in from the outer edge (GB/T 9704 7.5)."""
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.left_indent = layout.right_indent = Pt(14)
    for text, field in (("— ", ""), ("", "PAGE"), (" —", "")):
        run = paragraph.add_run(text)
        run.font.name = "宋体"
        run.font.size = Pt(14)
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")  # noqa: SLF001
        if field:
            add_field(run, field)


def add_field(run: Run, code: str) -> None:
    """Put a field code into a run."""
    for kind in ("begin", "code", "end"):
        if kind == "code":
            element = OxmlElement("w:instrText")
            element.text = code
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)  # noqa: SLF001


def main() -> None:
    """Make the template."""
    document = Document()
    drop_unused_styles(document)
    set_page(document)
    add_styles(document)
    document.core_properties.author = "LivingCircle"
    document.core_properties.comments = ""
    path = HERE / "circle_plan.docx"
    document.save(str(path))
    print(path)


if __name__ == "__main__":
    main()
