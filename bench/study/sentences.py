#!/usr/bin/env python3
"""Makes the table of what tutorials say, and which command answers it.

    bench/study/sentences.py [PROGRAM [REPORT]]    writes bench/study/SENTENCES.md; default: build/ipcbench
    bench/study/sentences.py --check [PROGRAM]     compares it with what would be written, except for the answers of
                                                   this kernel; writes nothing

The sentences are in sentences.txt; which claim answers which of them, the program says. Speed comes from the report,
such as one of a standard run; default: the quick one of this repository. Exit code: 1 if the table is not as it should be, 2 for a mistake in sentences.txt."""

import json
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
REPORT = min((FOLDER.parents[1] / "results/baseline").glob("*-quick.json"))
LAST = 121
READING = re.compile(r"(?P<verdicts>[a-z ;]+) -> (?P<reading>.+)")  # what the claims' verdicts say of this sentence
BEGIN = """# Sentences of tutorials, and the commands that answer them

Each of these sentences stands in at least one of five tutorials on Linux IPC, here in our words. The command answers it
on your machine. The answer is that of one virtual machine ({system}), speed from
`{report}`. `ipcbench claims` has the evidence: the calls made, and what came back. "untested" has its reason there, and
"not answerable" the command that measures what the report lacks.

{counts}

<!-- made by bench/study/sentences.py -->
"""


def read_sentences(text):
    """Returns the chapters in order, each with rows of number, sentence, command and answer."""
    chapters = []
    for line in text.splitlines():
        if line.startswith("= "):
            chapters.append((line[2:], []))
        elif line and not line.startswith("#"):
            # A bar within backquotes belongs to the sentence.
            parts = [part.strip() for part in re.split(r"\|(?=(?:[^`]*`[^`]*`)*[^`]*$)", line)]
            chapters[-1][1].append((int(parts[0]), *parts[1:], *[""] * (4 - len(parts))))
    return chapters


def claims_of(program, report):
    """Returns the program's answers, and for each sentence the claims that answer it."""
    run = subprocess.run([program, "claims", report, "--quiet", "--json"], check=True, stdout=subprocess.PIPE)
    answers = json.loads(run.stdout)
    by_sentence = {}
    for claim in answers["claims"]:
        for number in claim["sentences"]:
            by_sentence.setdefault(number, []).append(claim)
    return answers, by_sentence


def mistakes_in(chapters, by_sentence):
    """Yields what is wrong: a sentence missing, told twice, or answered by two sources or none."""
    rows = [row for _, chapter in chapters for row in chapter]
    if [row[0] for row in rows] != list(range(1, LAST + 1)):
        yield f"sentences.txt does not have the sentences 1 to {LAST} in order"
    for number, _, command, answer in rows:
        if command and not answer:
            yield f"{number}: a command needs its answer"
        if not command and answer and not READING.fullmatch(answer):
            yield f"{number}: without a command, the answer is VERDICT; VERDICT... -> READING"
        if command and number in by_sentence:
            yield f"{number}: {by_sentence[number][0]['name']} answers it; remove the command"
        if not command and number not in by_sentence:
            yield f"{number}: nothing answers it"
        reading = READING.fullmatch(answer) if not command else None
        if reading and len(reading["verdicts"].split("; ")) != len(by_sentence.get(number, [])):
            yield f"{number}: a reading needs one verdict for each claim that answers the sentence"


def table_row(row, by_sentence):
    number, sentence, command, answer = row
    claims = by_sentence.get(number, [])
    if claims:
        command = "ipcbench claims --claim " + ",".join(claim["name"] for claim in claims)
        verdicts = "; ".join(claim["verdict"].replace("_", " ") for claim in claims)
        reading = READING.fullmatch(answer)
        answer = reading["reading"] if reading and reading["verdicts"] == verdicts else verdicts
    command = f"`{command}`" if command.startswith("ipcbench ") else command
    cells = [str(number), sentence, command, answer]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def document(chapters, answers, by_sentence, report):
    by_claims = sum(1 for _, rows in chapters for row in rows if row[0] in by_sentence)
    others = sum(1 for _, rows in chapters for row in rows if row[2].startswith("ipcbench "))
    counts = f"Of {LAST} sentences, {by_claims} have a claim, and {others} another command."
    text = BEGIN.format(system=answers["system"], report=report.name, counts=counts)
    for title, rows in chapters:
        text += f"\n## {title}\n\n| # | sentence | command | answer |\n|---|---|---|---|\n"
        text += "".join(table_row(row, by_sentence) + "\n" for row in rows)
    return text


def without_answers(text):
    """The table without what another kernel, user or machine may answer otherwise."""
    text = re.sub(r"virtual machine \([^)]*\)|`[^`]*\.json`", "", text)
    return re.sub(r"(`ipcbench claims [^`]*`) \| [^|]* \|$", r"\1 |", text, flags=re.MULTILINE)


def main(arguments):
    checking = arguments[:1] == ["--check"]
    given = dict(enumerate(arguments[1:] if checking else arguments))
    report = pathlib.Path(given.get(1, REPORT))
    chapters = read_sentences((FOLDER / "sentences.txt").read_text(encoding="utf-8"))
    answers, by_sentence = claims_of(given.get(0, FOLDER.parents[1] / "build/ipcbench"), report)
    mistakes = list(mistakes_in(chapters, by_sentence))
    if mistakes:
        print("\n".join(mistakes), file=sys.stderr)
        return 2
    text = document(chapters, answers, by_sentence, report)
    table = FOLDER / "SENTENCES.md"
    if not checking:
        table.write_text(text, encoding="utf-8")
    elif without_answers(table.read_text(encoding="utf-8")) != without_answers(text):
        print(f"{table} is out of date: run bench/study/sentences.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
