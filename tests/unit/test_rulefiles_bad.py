"""Every bad file in `data/badrules` is told as its `.expected` file says: place, name and mend, nothing more.

A bad file is read beside a small good one, so that only its own mistake is told. A `.csv` is read through
`companies_from`. A bad file without an expectation fails.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from riskbot.errors import Problem, RulesError
from riskbot.rulefiles.load import load_rules

BAD = Path(__file__).parents[1] / "data" / "badrules"
CASES = sorted(path for path in BAD.iterdir() if path.suffix in (".yaml", ".csv"))
GOOD = """\
companies:
  - {name: Alibaba, tags: [china]}
  - {name: Polar Lines, aliases: [Polar]}
  - {name: Polar Foods, aliases: [Polar]}
topics:
  - {id: military, terms: [army]}
rules:
  - {title: Good, companies: [Alibaba], topics: [military], tests: [{quiet: Nothing.}]}
"""


def told(case: Path, folder: Path) -> list[Problem]:
    (folder / "0-good.yaml").write_text(GOOD, encoding="utf-8")
    (folder / case.name).write_bytes(case.read_bytes())
    if case.suffix == ".csv":
        (folder / "list.yaml").write_text(f"companies_from: {case.name}\n", encoding="utf-8")
    else:
        (folder / "suppliers.csv").write_text("name\nAcme Works\n", encoding="utf-8")
    packaged = folder / ".packaged"
    packaged.mkdir()
    (packaged / "companies.yaml").write_text("companies: [{name: Tencent}]\n", encoding="utf-8")
    try:
        return list(load_rules(folder, packaged).problems)
    except RulesError as error:
        return list(error.problems)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_bad_file_is_told_as_expected(case: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    expected = case.with_name(case.name + ".expected")
    problems = told(case, tmp_path)
    lines = [f"{p.line}:{p.column}:{p.severity}:{p.code}:{p.mend}" for p in problems]
    if request.config.getoption("--update-golden"):
        expected.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert expected.exists(), f"write {expected.name}: one line `line:column:severity:code:mend` for each problem"
    assert lines, "a bad file has at least one problem"
    assert lines == expected.read_text(encoding="utf-8").splitlines()
    assert {Path(p.file).name for p in problems} == {case.name}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_every_problem_is_a_sentence_with_a_mend_and_its_line(case: Path, tmp_path: Path) -> None:
    lines = case.read_bytes().decode("utf-8", "replace").split("\n")
    for problem in told(case, tmp_path):
        assert problem.message
        assert problem.mend
        assert problem.code == problem.code.lower().replace(" ", "-")
        if problem.source:
            assert problem.source == lines[problem.line - 1]
            assert problem.column <= len(problem.source) + 1


def test_no_expectation_stands_without_its_bad_file() -> None:
    assert {path.name for path in BAD.glob("*.expected")} == {f"{path.name}.expected" for path in CASES}
