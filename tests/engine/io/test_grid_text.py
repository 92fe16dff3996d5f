"""Read delimited text as it was meant."""

from livingcircle.io._geo.grid_text import read_grid


def test_the_apostrophe_that_an_export_put_before_a_formula_is_taken_off(tmp_path):
    path = tmp_path / "网点.csv"
    path.write_text("名称,备注\n'=1+1小店,'它的\n''-减号店,'＝全角\n", "utf-8")
    rows = [["名称", "备注"], ["=1+1小店", "'它的"], ["'-减号店", "＝全角"]]
    assert read_grid(path) == rows
