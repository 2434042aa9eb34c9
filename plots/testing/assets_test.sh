#!/usr/bin/env bash
# Tests of assets.cmake on a small page with modules written here: assets_test.sh CMAKE ESBUILD.
# shellcheck disable=SC2016,SC2028,SC2317 # the page holds dollars and backslashes; expect calls the functions
set -uo pipefail

cmake=$1 esbuild=$2
plots=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
failures=0

module() { # FOLDER CODE
  mkdir -p "$1"
  echo '{"name": "m", "version": "1.2.3", "main": "i.js"}' >"$1/package.json"
  echo "$2" >"$1/i.js"
}

# A page with all that breaks replacements and script elements, and two modules of which one has no licence yet.
web=$scratch/source/web
mkdir -p "$web"
cat >"$web/page.html" <<'PAGE'
<meta content="script-src 'unsafe-inline'; style-src 'unsafe-inline'"><style>/*STYLE*/</style>
<header></header>
<script id="data">/*DATA*/</script><script>/*SCRIPT*/</script>
PAGE
mkdir "$web/site"
printf '<body data-view="/*VIEW*/">\n<nav id="site"><a href="index.html">Machines</a></nav>\n' >"$web/site/site.html"
echo 'import { a } from "@s/x"; console.log(a, "</script>");' >"$web/site/site.mjs"
echo 'body { background: url(data:,</style>) }' >"$web/page.css"
echo 'import { a } from "@s/x"; import { b } from "y"; console.log(a, b, "</script>;[]\\ $x ${y} \u00b5");' >"$web/page.mjs"
echo 'import { a } from "@s/x"; console.log(a);' >"$web/render.mjs"
module "$scratch/modules/@s/x" 'export const a = 1'
module "$scratch/modules/y" 'export const b = 2'
echo 'Licence of x' >"$scratch/modules/@s/x/LICENSE"

build() {
  output=$("$cmake" -DSOURCE="$scratch/source" -DWORK="$scratch/work" -DOUT="$scratch/out" -DESBUILD="$esbuild" \
    -DMODULES="$scratch/modules" -P "$plots/assets.cmake" 2>&1)
  code=$?
}

expect() { # WHAT CONDITION...
  local what=$1
  shift
  "$@" && return
  echo "FAILED: $what (exit code $code, said: $output)"
  failures=$((failures + 1))
}
refused() { ((code != 0)) && [[ $(tr -s '\n ' ' ' <<<"$output") == *"$1"* ]]; }
count() { [[ $(grep -o -- "$1" "$scratch/out/page.html" | wc -l) == "$2" ]]; }
holds() { grep -qF -- "$2" "$scratch/out/$1"; }

# Defect: a module is shipped without its licence.
build
expect "a module without a licence is refused" refused "No licence of the module y"

echo 'Licence of y' >"$scratch/modules/y/LICENCE.md"
build
expect "success" test "$code" -eq 0
expect "all licences are there" eval 'holds THIRD_PARTY.txt "Licence of x" && holds THIRD_PARTY.txt "Licence of y"'
expect "with name and version" holds THIRD_PARTY.txt "@s/x 1.2.3"

# Defect: text of the page that ends its element early, or that is changed on its way in.
expect "two elements are scripts" count '</script>' 2
expect "one element is a style" count '</style>' 1
expect "the code is unchanged" holds page.html '1,2,"<\/script>;[]\\ $x ${y} µ"'
expect "the place of the data is kept" count '/\*DATA\*/' 1
expect "the renderer runs by itself" eval '! grep -q import "$scratch/out/render.mjs"'

# Defect: a page of a site that carries what it should share, runs code within it, or leads to no other page.
expect "a machine's page loads its data and the code" eval 'holds site/machine.html "<script src=\"../data//*NAME*/.js\">" && holds site/machine.html "<script src=\"../assets/page.js\">"'
expect "its policy allows files beside it alone" holds site/machine.html "script-src 'self'; style-src"
expect "it leads to the list" holds site/machine.html '<a href="../index.html">'
expect "each view is a page" eval 'holds site/index.html machines && holds site/compare.html compare && holds site/trends.html trends'

# Defect: a file from elsewhere slips in.
echo 'export const b = 3' >"$scratch/elsewhere.js"
sed -i 's|"y"|"../../elsewhere.js"|' "$web/page.mjs"
build
expect "a file from elsewhere is refused" refused "whose licence is not known"

# Defect: a template without a place for the code gives a page without code.
sed -i 's|"../../elsewhere.js"|"y"|' "$web/page.mjs"
sed -i 's|/\*SCRIPT\*/||' "$web/page.html"
build
expect "a template without a place is refused" refused "has no /*SCRIPT*/"

# Defect: a mistake in the code that goes unnoticed.
echo 'let =' >"$web/render.mjs"
build
expect "a syntax error is refused" refused "esbuild could not bundle"

((failures == 0)) && echo "all as expected"
exit $((failures > 0))
