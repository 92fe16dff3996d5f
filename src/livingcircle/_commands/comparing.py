"""Compare two runs that were written earlier."""

from pathlib import Path

from livingcircle._terminal import out
from livingcircle._terminal import say
from livingcircle.documents import change_sentences
from livingcircle.documents import diff_assessments
from livingcircle.documents import write_change_list
from livingcircle.io.excel import check_target
from livingcircle.io.excel import replacing
from livingcircle.results import read_results


def compare(old: Path, new: Path, table: Path | None) -> None:
    """Tell which verdicts changed, and write them as a workbook if asked."""
    if table is not None:
        check_target(table, inputs=(old, new))
    before, after = read_results(old), read_results(new)
    for sentence in change_sentences(diff_assessments(before, after)):
        say(out, sentence)
    if table is not None:
        with replacing(table) as draft:
            write_change_list(before, after, draft)
        say(out, f"变化清单：{table}")
