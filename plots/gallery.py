#!/usr/bin/python3
"""The pictures of the documents.

    plots/gallery.py REPORT [PROGRAM]            draws them from REPORT into plots/gallery, and writes each one's title into
                                                 the documents that show it
    plots/gallery.py --check REPORT [PROGRAM]    draws them elsewhere, and checks that plots/gallery holds each one and no
                                                 other, and that the documents show each one with its title

PROGRAM is build/ipcbench by default. Exit codes: 0 all well, 1 a check failed (one line each), 2 wrong usage.
"""
import html
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
GALLERY = ROOT / "plots/gallery"
DOCUMENTS = ["README.md"]

# name: chart, and state as in the page's address
PICTURES = {
    "ranking-64B": ("ranking", "pattern=latency&cpus=llc&size=64"),
    "buffers-4KiB": ("buffers", "pattern=throughput&cpus=llc&size=4096"),
}


def draw(program, report, folder):
    """{name: SVG} of PICTURES."""
    drawn = {}
    for name, (chart, state) in PICTURES.items():
        out = pathlib.Path(folder) / name
        subprocess.run([program, "plot", report, "--chart", chart, "--state", state, "--svg", "--out", out],
                       check=True, stdout=subprocess.DEVNULL)
        [file] = out.iterdir()
        drawn[name] = file.read_text(encoding="utf-8")
    return drawn


def title_of(svg):
    """The picture's title and the first sentence of its description, in one line of Markdown."""
    title, words = re.search("<title>([^<]*)</title><desc>([^<]*)</desc>", svg).groups()
    text = html.unescape(f"{title}: {words.partition('. ')[0]}")
    return re.sub(r"([][\\`*_<])", r"\\\1", text)


def shown(name):
    """Matches where a document shows the picture: its alternative text is group 2."""
    return re.compile(rf"(!\[)((?:[^]\\]|\\.)*)(\]\(plots/gallery/{re.escape(name)}\.svg\))")


def titled(document, pictures):
    """The document with the title of each picture that it shows."""
    for name, svg in pictures.items():
        document = shown(name).sub(lambda match, svg=svg: match[1] + title_of(svg) + match[3], document)
    return document


def update(pictures):
    GALLERY.mkdir(exist_ok=True)
    for file in GALLERY.glob("*.svg"):
        if file.stem not in pictures:
            file.unlink()
    for name, svg in pictures.items():
        (GALLERY / f"{name}.svg").write_text(svg, encoding="utf-8")
    for path in DOCUMENTS:
        document = (ROOT / path).read_text(encoding="utf-8")
        (ROOT / path).write_text(titled(document, pictures), encoding="utf-8")


def problems(names, gallery, documents):
    """What is wrong between the list of pictures, {name: SVG} of the gallery and {path: text} of the documents."""
    for name in sorted(names - gallery.keys()):
        yield f"plots/gallery/{name}.svg is missing: draw the gallery again"
    for name in sorted(gallery.keys() - names):
        yield f"plots/gallery/{name}.svg is no picture of plots/gallery.py: remove it"
    for name in sorted(names & gallery.keys()):
        if not any(shown(name).search(text) for text in documents.values()):
            yield f"no document shows plots/gallery/{name}.svg"
    for path, text in documents.items():
        if titled(text, gallery) != text:
            yield f"{path} shows a picture without its title: draw the gallery again"
        for name in re.findall(r"\(plots/gallery/([^)]*)\.svg\)", text):
            if name not in names:
                yield f"{path} shows plots/gallery/{name}.svg, which is no picture of plots/gallery.py"


def check(program, report):
    with tempfile.TemporaryDirectory() as folder:
        draw(program, report, folder)  # every chart and state can be drawn
    gallery = {file.stem: file.read_text(encoding="utf-8") for file in GALLERY.glob("*.svg")}
    documents = {path: (ROOT / path).read_text(encoding="utf-8") for path in DOCUMENTS}
    return list(problems(set(PICTURES), gallery, documents))


def main(arguments):
    checking = arguments[:1] == ["--check"]
    arguments = arguments[checking:]
    if len(arguments) not in (1, 2) or arguments[0].startswith("-"):
        sys.exit(print(__doc__, file=sys.stderr) or 2)
    report, program = pathlib.Path(arguments[0]).resolve(), (arguments[1:] or [ROOT / "build/ipcbench"])[0]
    if checking:
        found = check(program, report)
        print("\n".join(found) or "all well")
        sys.exit(bool(found))
    with tempfile.TemporaryDirectory() as folder:
        update(draw(program, report, folder))


if __name__ == "__main__":
    main(sys.argv[1:])
