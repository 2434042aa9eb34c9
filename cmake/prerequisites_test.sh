#!/usr/bin/env bash
# Tests of prerequisites.sh, on a machine made of fakes: PATH leads to programs written here, the list of prerequisites
# is short, and apt-get notes what it is told and "installs" by creating the program.
# shellcheck disable=SC2317 # what expect calls is named in its arguments
set -uo pipefail

# shellcheck source=cmake/prerequisites.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/prerequisites.sh"

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
failures=0

fake() { # NAME BODY
  printf '#!/bin/bash\n%s\n' "${2:-}" >"$scratch/bin/$1"
  chmod +x "$scratch/bin/$1"
}

# A machine with the tools that the functions call, an apt-get that works, and no prerequisite.
fresh_machine() {
  local tool
  rm -rf "${scratch:?}/bin" "$scratch/apt.log"
  mkdir "$scratch/bin"
  : >"$scratch/apt.log"
  for tool in bash cut tr sed sort head env cat chmod; do
    ln -s "$(PATH=/usr/bin:/bin command -v "$tool")" "$scratch/bin/$tool"
  done
  # The packages that it cannot install are listed in the file "unavailable".
  fake apt-get "echo \"\$*\" >>$scratch/apt.log
    [[ \$1 == install ]] || exit 0
    for word; do
      case \$word in
        thing-*) [[ ' ${unavailable:-} ' != *\" \$word \"* ]] || exit 100
          echo '#!/bin/bash' >$scratch/bin/\${word#thing-}; chmod +x $scratch/bin/\${word#thing-} ;;
      esac
    done"
}

# Replaces the real list; the functions under test read it through this name.
prerequisites_table() {
  cat <<'TABLE'
must|thing-one|program one|the first thing
must|thing-two|program two|the second thing
may|thing-three|program three|the third thing
may|thing-node|runs node --version|the fourth thing
TABLE
}

# ensure ...: ensure_prerequisites on the fake machine; its output in $output, its success in $code.
ensure() {
  code=0
  output=$(PATH=$scratch/bin ensure_prerequisites "$@" 2>&1) || code=$?
}

expect() { # WHAT CONDITION...
  local what=$1
  shift
  "$@" && return
  echo "FAILED: $what"
  echo "  exit code $code, said: $output"
  echo "  apt-get was told: $(cat "$scratch/apt.log")"
  failures=$((failures + 1))
}
says() { [[ $output == *"$1"* ]]; }
told_apt() { grep -qF -- "$1" "$scratch/apt.log"; }
left_apt_alone() { [[ ! -s $scratch/apt.log ]]; }

# The tests need to be root in the eyes of the functions, or an ordinary user, whoever runs them.
as_root() { root_prefix() { :; }; }
as_user() { root_prefix() { return 1; }; }

# Defect: a second run that calls apt-get although nothing is missing.
as_root && fresh_machine && fake one && fake two && fake three && fake node
ensure yes must may
expect "success when all is there" test "$code" -eq 0
expect "apt-get left alone when all is there" left_apt_alone
expect "silence when all is there" test -z "$output"

# Defect: an installation that may remove a package of the user's, or stops to ask a question.
fresh_machine
ensure yes must may
expect "success after the installation" test "$code" -eq 0
expect "lists brought up to date" told_apt "update"
expect "required packages in one go, nothing removed" told_apt \
  "install --quiet --yes --no-remove --no-install-recommends thing-one thing-two"
expect "optional ones apart" told_apt "--no-install-recommends thing-three thing-node"

# Defect: asking Debian for a package whose program is already installed from elsewhere; the two may conflict.
fresh_machine && fake node 'echo v20'
ensure yes must may
expect "a foreign node is left as it is" eval '! told_apt thing-node'

# Defect: a program that is there but does not run counts as there.
fresh_machine && fake one && fake two && fake three && fake node 'exit 1'
ensure no must may
expect "a broken program is missing" says thing-node

# Defect: --no-install that installs, or that does not tell the command.
fresh_machine && fake one
ensure no must may
expect "failure without installation" test "$code" -ne 0
expect "nothing installed against the user's will" left_apt_alone
expect "the command is told, without what is there" says \
  "apt-get install --no-remove --no-install-recommends thing-two thing-three thing-node"

# Defect: an ordinary user gets a password prompt, a hang or a bare error of apt-get.
as_user && fresh_machine
ensure yes must may
expect "failure as an ordinary user" test "$code" -ne 0
expect "apt-get left alone by an ordinary user" left_apt_alone
expect "the reason is told" says "takes root"
expect "the command is told" says "apt-get install"

# Defect: a missing optional package stops the job, or is skipped in silence.
fresh_machine && fake one && fake two
ensure yes must may
expect "success without what is optional" test "$code" -eq 0
expect "what is optional is named" says "thing-three"

# Defect: one package that the distribution lacks keeps others from being installed; a failure counts as success.
as_root && unavailable=thing-three fresh_machine
ensure yes must may
expect "success although an optional package cannot be had" test "$code" -eq 0
expect "the required ones are there" test -x "$scratch/bin/two"
unavailable=thing-two fresh_machine
ensure yes must may
expect "failure if a required package cannot be had" test "$code" -ne 0
expect "the failure is explained" says "could not install"

# Defect: another distribution is told names of Debian's packages, or sees "command not found".
fresh_machine && rm "$scratch/bin/apt-get"
ensure yes must may
expect "failure without apt-get" test "$code" -ne 0
expect "things in words" says "the second thing"
expect "no command for another package manager" eval '! says "apt-get install"'

# Defect: versions compared as text, where 3.9 is newer than 3.25 and 18 is older than 9.
expect "3.25.1 is at least 3.25" version_at_least 3.25 3.25.1
expect "3.9 is not at least 3.25" eval '! version_at_least 3.25 3.9'
expect "20.1.0 is at least 18" version_at_least 18 20.1.0
expect "nothing is not at least 18" eval '! version_at_least 18 ""'

((failures == 0)) && echo "all as expected"
exit $((failures > 0))
